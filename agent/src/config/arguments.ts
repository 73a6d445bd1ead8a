import { WeavefluxError } from '@weaveflux/shared';
import * as z from 'zod';
import type { Flag } from './flag.ts';
import { FLAGS, SHORT } from './flags.ts';
import { REFUSED, REPLACED } from './flux-flags.ts';
import { nearest } from './nearest.ts';

/** Flag name to its texts, in order, as one source gives them. */
export type Given = ReadonlyMap<string, readonly string[]>;

/** Flags from a command line: `--name=x`, `--name x`, bare booleans. Errors: INVALID_FLAG. */
export function fromArguments(argv: readonly string[]): Given {
  const given = new Map<string, string[]>();
  for (let at = 0; at < argv.length; at++) {
    const { name, shown, inline } = split(argv[at] ?? '');
    const follows = argv[at + 1];
    const value = inline ?? (isBare(name) ? (/^(true|false)$/.test(follows ?? '') ? follows : 'true') : follows);
    if (value === undefined) throw invalid(`${shown} got no value; it takes ${takes(name)}.`);
    if (inline === undefined && value === follows) at++;
    given.set(name, [...(given.get(name) ?? []), value]);
  }
  return given;
}

/** Flags from `WEAVEFLUX_*`. Other names with that beginning are not ours to judge: Kubernetes makes some for a Service. */
export function fromEnvironment(env: NodeJS.ProcessEnv): Given {
  const names = [...Object.keys(FLAGS), ...Object.keys(REFUSED)];
  return new Map(
    names.flatMap((name) => {
      const value = env[variable(name)];
      return value === undefined ? [] : [[name, [value]] as const];
    }),
  );
}

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const fileSchema = z.record(z.string(), z.union([scalar.transform((value) => [value]), z.array(scalar)]));

/** Flags from the value of a config file. Errors: INVALID_FLAG. */
export function fromFile(value: unknown, path: string): Given {
  if (value === null || value === undefined) return new Map();
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw invalid(
      `The config file ${path} ${where === '' ? 'is no mapping' : `has no plain value under "${where}"`}; it takes flag names as keys, with a text, number, boolean or list each.`,
    );
  }
  const given = Object.entries(parsed.data);
  for (const [name] of given) if (!isKnown(name)) throw unknown(`"${name}" in the config file ${path}`, name);
  // A comma inside an item of a list belongs to it.
  return new Map(given.map(([name, texts]) => [name, texts.length === 1 ? texts : texts.map(asItem)]));
}

/** The environment variable of a flag. */
export function variable(name: string): string {
  return `WEAVEFLUX_${name.toUpperCase().replaceAll('-', '_')}`;
}

function split(word: string): { name: string; shown: string; inline?: string } {
  const [, dashes, text = '', inline] = /^(--?)([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
  if (dashes === undefined) throw invalid(`The agent takes flags only, and got ${JSON.stringify(word.slice(0, 40))}.`);
  const name = dashes === '-' ? SHORT[text] : text;
  const shown = `${dashes}${text}`;
  if (name === undefined || !isKnown(name)) throw unknown(shown, text);
  return inline === undefined ? { name, shown } : { name, shown, inline };
}

function isKnown(name: string): boolean {
  return [FLAGS, REFUSED, REPLACED].some((table) => Object.hasOwn(table, name));
}

function isBare(name: string): boolean {
  return (
    flagOf(name)?.type.bare ??
    (REPLACED[name]?.bare === true ||
      ['git-verify-signatures', 'git-secret', 'sops', 'manifest-generation'].includes(name))
  );
}

function takes(name: string): string {
  return flagOf(name)?.type.takes ?? 'a text';
}

/** A flag that the agent supports. */
export function flagOf(name: string): Flag | undefined {
  return Object.hasOwn(FLAGS, name) ? (FLAGS as Readonly<Record<string, Flag>>)[name] : undefined;
}

function unknown(shown: string, name: string): WeavefluxError {
  const near = nearest(name, [...Object.keys(FLAGS), ...Object.keys(REPLACED), ...Object.keys(REFUSED)]);
  const hint = near === undefined ? 'see "weaveflux agent --help" for all flags' : `did you mean --${near}?`;
  return invalid(`${shown} is no flag of the agent; ${hint}${near === undefined ? '.' : ''}`);
}

function asItem(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An error of the command line or what stands for it. */
export function invalid(message: string): WeavefluxError {
  return new WeavefluxError('INVALID_FLAG', message);
}
