import { isAbsolute } from 'node:path';
import { parseDuration } from '@weaveflux/shared';
import * as z from 'zod';

/** A type of flag: how its text becomes a value. */
export interface ValueType<T> {
  /** How the reference names it. */
  readonly name: string;
  /** What an error says that it takes. */
  readonly takes: string;
  /** Reads one text, or of lists all the items. */
  readonly schema: z.ZodType<T>;
  /** Repeatable, and each time a comma list. */
  readonly many: boolean;
  /** Bare `--flag` means true. */
  readonly bare: boolean;
}

function one<T>(name: string, takes: string, schema: z.ZodType<T>): ValueType<T> {
  return { name, takes, schema, many: false, bare: false };
}

/** A text that `accepts` takes. */
export function text(takes: string, accepts: (text: string) => boolean = () => true, name = 'text'): ValueType<string> {
  return one(name, takes, z.string().refine(accepts));
}

export function choice<const T extends string>(values: readonly [T, ...T[]]): ValueType<T> {
  return one(values.join(' or '), `one of ${values.join(', ')}`, z.enum(values));
}

/** A list of texts, each of which `accepts` takes. */
export function list(takes: string, accepts: (text: string) => boolean = () => true): ValueType<readonly string[]> {
  return { name: 'list', takes, schema: z.array(z.string().refine(accepts)), many: true, bare: false };
}

const TRUE = ['true', '1', 't', 'T', 'TRUE', 'True'];
const FALSE = ['false', '0', 'f', 'F', 'FALSE', 'False'];

/** As Go's `strconv.ParseBool` reads it. */
export const bool: ValueType<boolean> = {
  ...one(
    'boolean',
    'true or false',
    z.enum([...TRUE, ...FALSE] as [string, ...string[]]).transform((word) => TRUE.includes(word)),
  ),
  bare: true,
};

// Timers of the runtime hold no more than this.
const MAX_DURATION = 2 ** 31 - 1;

const milliseconds = z.string().transform((word) => {
  try {
    return parseDuration(word);
  } catch {
    return Number.NaN;
  }
});

/** Milliseconds of a duration as Go writes it; more than zero. */
export const duration: ValueType<number> = one(
  'duration',
  'a duration above zero such as 30s, 5m or 1h30m',
  milliseconds.pipe(z.number().positive().max(MAX_DURATION)),
);

/** The same, and 0 for what is never done. */
export const durationOrNever: ValueType<number> = one(
  'duration',
  'a duration such as 30s, 5m or 1h30m, or 0s for never',
  milliseconds.pipe(z.number().nonnegative().max(MAX_DURATION)),
);

export const count: ValueType<number> = one(
  'number',
  'a whole number from 1',
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().int().min(1)),
);

/** `host:port`, `:port` or `[v6]:port`. */
export const address: ValueType<string> = one(
  'address',
  'host:port or :port with a port up to 65535',
  z
    .string()
    .regex(/^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]*):\d{1,5}$/)
    .refine((word) => Number(word.slice(word.lastIndexOf(':') + 1)) <= 65_535),
);

export const path: ValueType<string> = text('a path', (word) => !word.includes('\0'), 'path');
export const absolutePath: ValueType<string> = text('an absolute path', (word) => isAbsolute(word), 'path');

/** The items of a comma list, with Go's CSV quotes: `a,"b,c"`. */
export function splitList(text: string): string[] {
  const items = [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)];
  return items
    .map(([, quoted, plain]) => (quoted?.replaceAll('""', '"') ?? plain ?? '').trim())
    .filter((item) => item !== '');
}
