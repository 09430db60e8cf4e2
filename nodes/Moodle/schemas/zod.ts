/** The only file that imports zod: the build replaces its output by a bundle, so that the package needs nothing at run time. */
export { z } from 'zod';
