/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** The output schemas, each in its file. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../../nodes/Moodle/moodle/values';
import { packageDir } from '../../sandbox/catalogue';

/** The schema of an operation such as `user/create`, from the folder of the package. */
export const schemaFile = (name: string) => `nodes/Moodle/__schema__/v1.0.0/${name}.json`;

/** What to write where an operation has no schema; undefined where it has one. */
export const missingSchema = (name: string): string | undefined =>
	existsSync(join(packageDir(), schemaFile(name)))
		? undefined
		: `${schemaFile(name)} is missing: write what one output item looks like, as a JSON Schema`;

/** @throws Error that says what to write */
export function schemaOf(name: string): Json {
	const missing = missingSchema(name);
	if (missing) throw new Error(missing);
	return JSON.parse(readFileSync(join(packageDir(), schemaFile(name)), 'utf8')) as Json;
}
