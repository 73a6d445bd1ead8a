import { tryParseImage } from '../images/reference.ts';
import { isObject, type Json, type JsonObject, objectAt, type Path, valueAt } from '../json.ts';
import type { Container } from './workloads.ts';

/** The images of values, and what of them cannot be used. */
export interface StatedImages {
  readonly containers: Container[];
  readonly faults: ImageFault[];
}

/** Why an image cannot be followed; `reason` is a clause that begins with what is wrong. */
export interface ImageFault {
  /** Of what it is about, inside the object. */
  readonly path: Path;
  readonly reason: string;
}

/** The name, as in Flux v1, of the image at the top of the values. */
const CHART_IMAGE = 'chart-image';

const GROUPS = new Set(['helm.fluxcd.io', 'helm.toolkit.fluxcd.io', 'flux.weave.works']);
const VALUES: Path = ['spec', 'values'];
const MAPPING = /^(registry|repository|tag)\.fluxcd\.io\/(\S+)$/;

/** Whether a kind is a HelmRelease of Flux, v1 or v2. */
export function isHelmRelease(group: string, kind: string): boolean {
  return kind === 'HelmRelease' && GROUPS.has(group);
}

/**
 * The images of a HelmRelease's values by Flux v1's conventions: `image` at the top or one level below, a whole reference or parts
 * (`registry`, `repository`, `tag`), and what `repository.fluxcd.io/<container>` and its like name by a path with dots.
 */
export function helmImages(release: JsonObject): StatedImages {
  const values = objectAt(release, VALUES);
  const found = new Map<string, Read>();
  const add = (name: string, read: Read | undefined): void => void (read && found.set(name, read));
  add(CHART_IMAGE, readContainer(values, VALUES));
  for (const [key, value] of Object.entries(values)) {
    if (isObject(value) && !/\s/.test(key)) add(key, readContainer(value, [...VALUES, key]));
  }
  for (const [name, fields] of mappingsOf(release)) add(name, readMapped(values, name, fields));
  const names = [...found.keys()].sort((a, b) => order(a).localeCompare(order(b), 'en'));
  const all = names.flatMap((name) => [[name, found.get(name)] as const]);
  return {
    containers: all.flatMap(([name, read]) =>
      read === undefined || 'reason' in read ? [] : [{ name, init: false, ...read }],
    ),
    faults: all.flatMap(([, read]) => (read !== undefined && 'reason' in read ? [read] : [])),
  };
}

type Read = Pick<Container, 'image' | 'path' | 'parts'> | ImageFault;

/** One value of an image, and where it stands. */
interface Part {
  readonly value: Json | undefined;
  readonly path: Path;
}

function order(name: string): string {
  return name === CHART_IMAGE ? '' : name;
}

function readContainer(object: JsonObject, at: Path): Read | undefined {
  const part = (holder: JsonObject, path: Path, key: string): Part => ({ value: holder[key], path: [...path, key] });
  const { image } = object;
  if (typeof image === 'string') {
    return read(part(object, at, 'image'), part(object, at, 'registry'), part(object, at, 'tag'), undefined);
  }
  if (!isObject(image) || typeof image.repository !== 'string') return undefined;
  const below = [...at, 'image'];
  const [repository, registry, tag, digest] = ['repository', 'registry', 'tag', 'digest'].map((key) =>
    part(image, below, key),
  );
  return repository && read(repository, registry, tag, digest);
}

/** A name without a version is no image: where the version stands nobody can tell. */
function read(
  name: Part,
  registry: Part | undefined,
  tag: Part | undefined,
  digest: Part | undefined,
): Read | undefined {
  if (typeof name.value !== 'string') return undefined;
  const version = tag?.value;
  if (typeof version === 'number' || typeof version === 'boolean') {
    return { path: tag?.path ?? name.path, reason: `the tag is not a string but ${version}; put it in quotes` };
  }
  const written = typeof version === 'string' && version !== '' ? tag : undefined;
  if (written !== undefined && hasVersion(name.value)) {
    const reason = `"${name.value}" has its tag or digest in the name and "${version}" in a field of its own; leave one of them out`;
    return { path: name.path, reason };
  }
  const hash = typeof digest?.value === 'string' && digest.value !== '' ? digest : undefined;
  const isRegistry = typeof registry?.value === 'string' && registry.value !== '';
  const prefix = isRegistry ? `${String(registry?.value).replace(/\/+$/, '')}/` : '';
  const text = `${prefix}${name.value}${written ? `:${written.value}` : ''}${hash ? `@${hash.value}` : ''}`;
  const image = tryParseImage(text);
  if (image === undefined || (image.tag === undefined && image.digest === undefined)) return undefined;
  if (hash !== undefined && written === undefined && image.tag !== undefined) {
    const reason = `"${name.value}" has its tag in the name and a digest in a field of its own, which do not change together; give the tag a field of its own, too`;
    return { path: name.path, reason };
  }
  if (written === undefined && hash === undefined && prefix === '') return { image: text, path: name.path };
  const path = written?.path ?? hash?.path ?? name.path;
  const parts = { prefix, ...(written && { tag: written.path }), ...(hash && { digest: hash.path }) };
  return { image: text, path, parts };
}

function hasVersion(name: string): boolean {
  const image = tryParseImage(name);
  return image !== undefined && (image.tag !== undefined || image.digest !== undefined);
}

type Fields = Partial<Record<'registry' | 'repository' | 'tag', string>>;

/** What annotations name, by container. */
function mappingsOf(release: JsonObject): Map<string, Fields> {
  const mappings = new Map<string, Fields>();
  for (const [key, value] of Object.entries(objectAt(release, ['metadata', 'annotations']))) {
    const [, field, name = ''] = MAPPING.exec(key) ?? [];
    if (field !== undefined && typeof value === 'string') mappings.set(name, { ...mappings.get(name), [field]: value });
  }
  return mappings;
}

function readMapped(values: JsonObject, name: string, { repository, registry, tag }: Fields): Read {
  const part = (text: string | undefined): Part | undefined => {
    if (text === undefined) return undefined;
    const path = text.split('.');
    return { value: valueAt(values, path), path: [...VALUES, ...path] };
  };
  const [named, host, version] = [part(repository), part(registry), part(tag)];
  const lacking = [named ?? { value: undefined, path: [] }, host, version].some((it) => it && !isText(it.value));
  const found = named && !lacking ? read(named, host, version, undefined) : undefined;
  if (found !== undefined) return found;
  const annotation = `${repository === undefined ? (registry === undefined ? 'tag' : 'registry') : 'repository'}.fluxcd.io/${name}`;
  const reason = `the annotations for "${name}" do not lead to an image: repository.fluxcd.io/${name}, and registry and tag where they stand by themselves, name strings of spec.values`;
  return { path: ['metadata', 'annotations', annotation], reason };
}

/** A number is told by who reads it. */
function isText(value: Json | undefined): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}
