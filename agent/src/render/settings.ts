import { failure, isObject, type Problem, parseYamlValue, WeavefluxError, warning } from '@weaveflux/shared';
import * as z from 'zod';
import { DEFAULT_PRUNE_LIMIT, type PruneLimit } from '../plan/prune-brakes.ts';

/** Where the settings of an environment lie, at the root of its repository. */
export const SETTINGS_FILE = '.weaveflux.yaml';

/** What `.weaveflux.yaml` says. */
export interface Settings {
  /** Globs of files and folders that are passed over. */
  readonly ignore: readonly string[];
  readonly pruneLimit: PruneLimit;
}

/** Without a file. */
export const DEFAULT_SETTINGS: Settings = { ignore: [], pruneLimit: DEFAULT_PRUNE_LIMIT };

const schema = z.object({
  ignore: z
    .array(
      z
        .string()
        .min(1)
        .max(500)
        .refine((glob) => !glob.split('/').includes('..'), 'a glob must not hold ".."'),
    )
    .max(1_000)
    .default([]),
  pruneLimit: z
    .object({
      objects: z.number().int().min(0).default(DEFAULT_PRUNE_LIMIT.objects),
      percent: z.number().min(0).max(100).default(DEFAULT_PRUNE_LIMIT.percent),
    })
    .strict()
    .default(DEFAULT_PRUNE_LIMIT),
});

/** Reads the settings; `undefined` where they are not usable. Unknown keys are warnings. */
export function parseSettings(text: string): { settings: Settings | undefined; problems: Problem[] } {
  try {
    const value = parseYamlValue(text, SETTINGS_FILE) ?? {};
    const parsed = schema.safeParse(value);
    if (!parsed.success) return { settings: undefined, problems: [invalid(reason(parsed.error))] };
    const unknown = isObject(value) ? Object.keys(value).filter((key) => !Object.hasOwn(schema.shape, key)) : [];
    return { settings: parsed.data, problems: unknown.map(unknownKey) };
  } catch (error) {
    const line = error instanceof WeavefluxError ? error.about.line : undefined;
    return { settings: undefined, problems: [invalid('it is no readable YAML', line)] };
  }
}

function reason(error: z.ZodError): string {
  const [issue] = error.issues;
  const at = issue?.path.map(String).join('.') ?? '';
  return `${at === '' ? 'its top level' : `"${at}"`}: ${issue?.message ?? 'not usable'}`;
}

function invalid(why: string, line?: number): Problem {
  const message = `${SETTINGS_FILE} is not usable (${why}), so the previous settings stay in force; correct it.`;
  return failure('INVALID_SETTINGS', message, { file: SETTINGS_FILE, line });
}

function unknownKey(key: string): Problem {
  const known = Object.keys(schema.shape).join(', ');
  const message = `${SETTINGS_FILE} has the unknown key ${JSON.stringify(key.slice(0, 60))}; known are ${known}.`;
  return warning('UNKNOWN_KEY', message, { file: SETTINGS_FILE });
}
