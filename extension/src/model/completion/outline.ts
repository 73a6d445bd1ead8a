import { type ContainerPolicy, parsePolicy, readKey, tryParseImage } from '@weaveflux/shared';
import { manifestAt } from '../cursor.ts';
import type { FileSource } from '../source/types.ts';
import { documentBounds, type KeyLine, keyLine, type Lines } from './lines.ts';

/** What of an object matters when something is typed in it. */
export interface Outline {
  /** `objectKey`; absent where the document could never be read. */
  readonly key?: string;
  readonly containers: readonly OutlinedContainer[];
}

export interface OutlinedContainer {
  readonly name: string;
  /** As written. */
  readonly image: string;
  readonly policy?: ContainerPolicy['policy'];
}

/**
 * The object that a line stands in, as it can be or last could be read; what cannot be, such as the container of an image that
 * is being typed, as its lines look like one. `undefined` where it is no manifest.
 */
export function outlineAt(source: FileSource, lines: Lines, line: number): Outline | undefined {
  const [start, end] = documentBounds(lines, line);
  const manifest = manifestAt(source, line);
  if (manifest === undefined) {
    const keys = keysBetween(lines, start, end);
    const names = new Set(keys.map(({ key }) => key));
    return names.has('apiVersion') && names.has('kind') ? { containers: containersIn(keys) } : undefined;
  }
  const { key, policies } = manifest;
  const images = new Map(manifest.images.map(({ container, text }) => [container, text]));
  const containers = [...policies.containers.values()].map(({ container, policy }) => ({
    name: container,
    image: images.get(container) ?? '',
    ...(policy === undefined ? {} : { policy }),
  }));
  const next = source.manifests.find((other) => other.start.startLine > manifest.start.startLine)?.start.startLine;
  const seen = containersIn(keysBetween(lines, manifest.start.startLine, Math.min(end, next ?? end)));
  const others = seen.filter(({ name }) => containers.every((container) => container.name !== name));
  return { key, containers: [...containers, ...others] };
}

/** The tag in the file, '' where none is written. */
export function tagOf(container: OutlinedContainer | undefined): string {
  return tryParseImage(container?.image ?? '')?.tag ?? '';
}

function keysBetween(lines: Lines, start: number, end: number): KeyLine[] {
  const keys: KeyLine[] = [];
  for (let at = start; at < end; at++) {
    const found = keyLine(lines, at);
    if (found !== undefined) keys.push(found);
  }
  return keys;
}

function containersIn(keys: readonly KeyLine[]): OutlinedContainer[] {
  const policies = policiesIn(keys);
  return keys.flatMap((list, index) =>
    /^(?:initC|c)ontainers$/.test(list.key) ? containersBelow(list, keys.slice(index + 1), policies) : [],
  );
}

function containersBelow(
  list: KeyLine,
  keys: readonly KeyLine[],
  policies: ReadonlyMap<string, ContainerPolicy['policy']>,
): OutlinedContainer[] {
  const end = keys.findIndex(({ column, dash }) => (dash === undefined ? column <= list.column : dash < list.column));
  const below = end < 0 ? keys : keys.slice(0, end);
  const [first] = below;
  if (first === undefined || first.dash === undefined) return [];
  const items: { name?: string; image?: string }[] = [];
  for (const { key, column, dash, rest } of below) {
    if (dash === first.dash) items.push({});
    if (column !== first.column || (key !== 'name' && key !== 'image')) continue;
    const item = items.at(-1);
    if (item !== undefined) item[key] = unquoted(rest);
  }
  return items.flatMap(({ name, image = '' }) => {
    const policy = policies.get(name ?? '');
    return name === undefined ? [] : [{ name, image, ...(policy === undefined ? {} : { policy }) }];
  });
}

/** Policies by container, as far as lines tell. */
function policiesIn(keys: readonly KeyLine[]): Map<string, ContainerPolicy['policy']> {
  return new Map(
    keys.flatMap(({ key, rest }) => {
      const found = readKey(key);
      if (found === undefined || found === 'unknown' || found.key.type !== 'policy') return [];
      return [[found.container ?? '', parsePolicy(unquoted(rest)).policy] as const];
    }),
  );
}

function unquoted(text: string): string {
  return (
    /^(?:"([^"]*)"|'([^']*)'|([^\s#,]+))/
      .exec(text)
      ?.slice(1)
      .find((it) => it !== undefined) ?? ''
  );
}
