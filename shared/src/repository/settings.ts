import * as z from 'zod';
import { isObject, type Path } from '../json.ts';
import { failure, type Problem, warning } from '../problems.ts';
import { parseFile } from '../yaml/documents.ts';
import type { SourceDocument } from '../yaml/types.ts';
import { type ImageSettings, imageSettingsSchema } from './image-settings.ts';
import { type WindowSetting, windowSchema } from './windows.ts';

/** Where the settings of an environment lie, at the root of its repository. */
export const SETTINGS_FILE = '.weaveflux.yaml';

/** How much of the inventory may go in one revision without a person's word: the larger of the two. */
export interface PruneLimit {
  readonly objects: number;
  /** Of the inventory, 0 to 100. */
  readonly percent: number;
}

export const DEFAULT_PRUNE_LIMIT: PruneLimit = { objects: 5, percent: 20 };

/** What `.weaveflux.yaml` says. */
export interface RepositorySettings {
  /** Globs of files and folders that are passed over. */
  readonly ignore: readonly string[];
  readonly pruneLimit: PruneLimit;
  /** When the agent may commit images by itself or deliver revisions. */
  readonly windows: readonly WindowSetting[];
  readonly images: ImageSettings;
}

/** Without a file. */
export const DEFAULT_SETTINGS: RepositorySettings = {
  ignore: [],
  pruneLimit: DEFAULT_PRUNE_LIMIT,
  windows: [],
  images: {},
};

/** What `.weaveflux.yaml` may say; its descriptions are shown by editors. */
export const settingsSchema = z.object({
  ignore: z
    .array(
      z
        .string()
        .min(1)
        .max(500)
        .regex(/^(?!(?:[\s\S]*\/)?\.\.(?:\/|$))/, 'a glob must not hold ".."'),
    )
    .max(1_000)
    .default([])
    .describe('Globs of files and folders that are passed over; one without "/" is looked for at any depth.'),
  pruneLimit: z
    .object({
      objects: z
        .number()
        .int()
        .min(0)
        .default(DEFAULT_PRUNE_LIMIT.objects)
        .describe('So many objects may go in one revision.'),
      percent: z
        .number()
        .min(0)
        .max(100)
        .default(DEFAULT_PRUNE_LIMIT.percent)
        .describe('So many of a hundred objects may go in one revision.'),
    })
    .strict()
    .default(DEFAULT_PRUNE_LIMIT)
    .describe("How much may be deleted in one revision without a person's word: the larger of the two."),
  windows: z
    .array(windowSchema)
    .max(50)
    .default([])
    .describe(
      'When the agent may commit images by itself or deliver revisions: never inside deny, and where there is an allow, only inside one.',
    ),
  images: imageSettingsSchema.default({}).describe('How image updates are chosen and written back.'),
});

/** Reads the settings; `undefined` where they are not usable. Unknown keys are warnings. Problems have their line. */
export function parseSettings(text: string): { settings: RepositorySettings | undefined; problems: Problem[] } {
  const { documents, problems } = parseFile(SETTINGS_FILE, text);
  const [first, second] = documents;
  const unreadable = problems[0]?.line ?? second?.line;
  if (unreadable !== undefined) {
    return { settings: undefined, problems: [invalid('it is no readable YAML', unreadable)] };
  }
  const value = first?.value ?? {};
  const parsed = settingsSchema.safeParse(value);
  if (!parsed.success) return { settings: undefined, problems: [refused(first, parsed.error)] };
  const unknown = isObject(value) ? Object.keys(value).filter((key) => !Object.hasOwn(settingsSchema.shape, key)) : [];
  return {
    settings: {
      ...parsed.data,
      windows: parsed.data.windows.map((window, index) => ({
        ...window,
        line: lineOf(first, ['windows', index]) ?? 1,
      })),
      images: withLines(first, parsed.data.images),
    },
    problems: unknown.map((key) => unknownKey(key, first?.position([key], 'key')?.line)),
  };
}

function withLines(document: SourceDocument | undefined, images: z.infer<typeof imageSettingsSchema>): ImageSettings {
  const { verify, approval, ...rest } = images;
  const lineIn = (list: string, index: number) => lineOf(document, ['images', list, index]) ?? 1;
  return {
    ...rest,
    ...(verify && { verify: verify.map((rule, index) => ({ ...rule, line: lineIn('verify', index) })) }),
    ...(approval && { approval: approval.map((rule, index) => ({ ...rule, line: lineIn('approval', index) })) }),
  };
}

function refused(document: SourceDocument | undefined, error: z.ZodError): Problem {
  const [issue] = error.issues;
  const path = (issue?.path ?? []).map((step) => (typeof step === 'symbol' ? String(step) : step));
  const where = path.length === 0 ? 'its top level' : `"${path.join('.')}"`;
  const extra = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  return invalid(`${where}: ${issue?.message ?? 'not usable'}`, lineOf(document, path, extra));
}

/** The line of a value, of a key in it where one is given, or of what holds it. */
function lineOf(document: SourceDocument | undefined, path: Path, key?: string): number | undefined {
  const found = key === undefined ? document?.position(path) : document?.position([...path, key], 'key');
  return found?.line ?? document?.line;
}

function invalid(why: string, line?: number): Problem {
  const message = `${SETTINGS_FILE} is not usable (${why}), so the previous settings stay in force; correct it.`;
  return failure('INVALID_SETTINGS', message, { file: SETTINGS_FILE, line });
}

function unknownKey(key: string, line: number | undefined): Problem {
  const known = Object.keys(settingsSchema.shape).join(', ');
  const message = `${SETTINGS_FILE} has the unknown key ${JSON.stringify(key.slice(0, 60))}; known are ${known}.`;
  return warning('UNKNOWN_KEY', message, { file: SETTINGS_FILE, line });
}
