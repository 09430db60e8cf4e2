import { z } from '../schemas/zod';

/** Replies of creating functions: a list of objects with ids. More keys are fine: plugins and versions add some. */
export const createdRows = z.array(z.object({ id: z.number().int().positive() }).passthrough());

const warning = z
	.object({
		item: z.string().nullish(),
		itemid: z.number().nullish(),
		warningcode: z.coerce.string(),
		message: z.coerce.string(),
	})
	.passthrough();

/** Replies that are a list of warnings. */
export const warningRows = z.array(warning);

/** Replies that carry nothing but warnings. */
export const warningsOnly = z.object({ warnings: warningRows.optional() }).passthrough();

/** Functions without an answer say `null` (all versions). */
export const nothing = z.null();

/** An object that has these keys, and any others. */
export const shaped = <S extends z.ZodRawShape>(shape: S) => z.object(shape).passthrough();

/** A list of objects. */
export const rows = z.array(shaped({}));

/** An object with a list of objects. */
export const holding = <K extends string>(key: K) =>
	shaped({ [key]: rows } as Record<K, typeof rows>);
