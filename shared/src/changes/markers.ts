import { type ImageReference, tryParseImage } from '../images/reference.ts';
import { type Path, stringAt, valueAt } from '../json.ts';
import { displayName, objectKey } from '../manifests/identity.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { imagePaths } from '../manifests/workloads.ts';
import { partFinder } from '../places/parts.ts';
import { containersIn, fieldName, isPlace } from '../places/places.ts';
import { statedAnnotations } from '../places/stated.ts';
import { policyOfImagePolicy } from '../policies/image-policy.ts';
import { readPolicies } from '../policies/read.ts';
import type { ContainerPolicy } from '../policies/types.ts';
import { type Problem, warning } from '../problems.ts';
import type { Marker } from '../yaml/types.ts';
import { type MarkerSources, markerSources } from './marker-sources.ts';
import type { Field } from './workload.ts';

/** An image whose place in the file is told by Flux v2's markers, and its policy by manifests of the repository. */
export interface MarkedImage {
  readonly manifest: Manifest;
  /** The container whose image it is, else `namespace:name` of the ImagePolicy; in a file that is no manifest the field. */
  readonly container: string;
  /** 1-based, of the first of its markers. */
  readonly line: number;
  /** The reference as the fields say it together. */
  readonly image: ImageReference;
  readonly policy: ContainerPolicy;
  /** The ImagePolicy that its markers name. */
  readonly source: Manifest;
  /** Whether the object's annotations say that it is ignored. */
  readonly ignored: boolean;
  /** The fields to set for a new reference; paths from the document's root. */
  edits(to: ImageReference): readonly Field[];
}

/**
 * The images that markers of one file stand for. Markers of one policy in one object are one image, whose fields change
 * together. What is missing or cannot be understood is a problem at the marker's line.
 */
export function markedImages(
  file: string,
  markers: readonly Marker[],
  manifests: readonly Manifest[],
): { readonly images: MarkedImage[]; readonly problems: Problem[] } {
  const images: MarkedImage[] = [];
  const problems: Problem[] = [];
  const sources = markerSources(file, manifests);
  const containerOf = containerFinder();
  for (const group of groupsOf(file, markers, manifests)) {
    const result = imageOf(group, sources, containerOf(group));
    if ('image' in result) images.push(result);
    else if (result.why !== '') {
      const [{ line }] = group.markers;
      const object = objectKey(group.manifest.id);
      problems.push(warning('INVALID_POLICY', `${file} line ${line}: ${result.why}.`, { file, line, object }));
    }
  }
  return { images, problems };
}

/** Markers of one policy beside fields that belong together. */
interface Group {
  readonly manifest: Manifest;
  readonly markers: [Marker, ...Marker[]];
}

function groupsOf(file: string, markers: readonly Marker[], manifests: readonly Manifest[]): Group[] {
  const groups = new Map<string, Group>();
  const partAt = partFinder(manifests.filter((it) => it.file === file));
  for (const marker of markers) {
    const manifest = partAt(marker.document, marker.path);
    if (manifest === undefined) continue;
    // A whole reference stands for itself; the parts of one stand beside each other.
    const place = marker.part === 'image' ? marker.path : marker.path.slice(0, -1);
    const key = JSON.stringify([
      marker.document,
      place,
      marker.policyNamespace,
      marker.policyName,
      marker.part === 'image',
    ]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { manifest, markers: [marker] });
    else group.markers.push(marker);
  }
  return [...groups.values()];
}

function imageOf(
  group: Group,
  sources: MarkerSources,
  ownName: string | undefined,
): MarkedImage | { readonly why: string } {
  const { manifest, markers } = group;
  const [{ policyNamespace, policyName, line }] = markers;
  const title = `${policyNamespace}:${policyName}`;
  const named = sources.policy(policyNamespace, policyName);
  if ('why' in named) return named;
  const { found: source } = named;
  const repository = repositoryOf(source, sources);
  if (typeof repository !== 'string') return repository;
  const text = referenceOf(group, repository);
  if (typeof text !== 'string') return text;
  const image = tryParseImage(text);
  if (image === undefined) return { why: `"${text}" beside the marker of ${title} is no image reference` };
  if (image.canonicalName !== tryParseImage(repository)?.canonicalName) {
    return {
      why: `the image beside the marker of ${title} is of ${image.canonicalName}, and its ImageRepository names ${repository}`,
    };
  }
  const container = ownName ?? (isPlace(manifest) ? fieldOf(group) : title);
  const { ignore, containers } = readPolicies(statedAnnotations(manifest), [container]);
  return {
    manifest,
    container,
    line,
    image,
    policy: containerPolicy(containers.get(container) ?? { container, pinned: false, followDigest: false }, source),
    source,
    ignored: ignore === 'true',
    edits: (to) => markers.flatMap(({ path, part }) => editOf(path, partOf(to, part))),
  };
}

/** What the object's annotations say, with the ImagePolicy instead of a policy of theirs. */
function containerPolicy(own: ContainerPolicy, source: Manifest): ContainerPolicy {
  const { policy: _replaced, ...rest } = own;
  const stated = policyOfImagePolicy(source);
  const followDigest = own.followDigest || stringAt(source.value, ['spec', 'digestReflectionPolicy']) === 'Always';
  const invalid = own.invalid ?? stated.invalid;
  if (invalid !== undefined || stated.policy === undefined)
    return { ...rest, followDigest, ...(invalid && { invalid }) };
  return { ...rest, followDigest, policy: stated.policy };
}

/** The image that the ImageRepository of an ImagePolicy names, as written there. */
function repositoryOf(policy: Manifest, sources: MarkerSources): string | { readonly why: string } {
  const named = sources.repository(policy);
  if ('why' in named) return named;
  const { found } = named;
  const image = stringAt(found.value, ['spec', 'image']) ?? '';
  const parsed = tryParseImage(image);
  return parsed !== undefined && parsed.tag === undefined && parsed.digest === undefined
    ? image
    : { why: `the ImageRepository ${displayName(found.id)} names "${image}", which is no image repository` };
}

/** The reference that the fields say together. '' as reason: the markers tell of no version at all. */
function referenceOf({ manifest, markers }: Group, repository: string): string | { readonly why: string } {
  const values = new Map<Marker['part'], string>();
  for (const { part, path, line } of markers) {
    const value = valueAt(manifest.value, path.slice(manifest.at.length));
    if (typeof value !== 'string')
      return { why: `the ${part} at line ${line} is not a string but ${JSON.stringify(value)}; put it in quotes` };
    values.set(part, value);
  }
  const whole = values.get('image');
  if (whole !== undefined) return whole;
  const tag = values.get('tag');
  const digest = values.get('digest');
  if (tag === undefined && digest === undefined) return { why: '' };
  const written = values.get('name') ?? '';
  const name = written === '' ? repository : written;
  return `${name}${tag === undefined || tag === '' ? '' : `:${tag}`}${digest === undefined || digest === '' ? '' : `@${digest}`}`;
}

function partOf(to: ImageReference, part: Marker['part']): string | undefined {
  return { image: to.text, tag: to.tag, name: to.name, digest: to.digest }[part];
}

function editOf(path: Path, value: string | undefined): Field[] {
  return value === undefined ? [] : [{ path, value }];
}

/** Finds the container one of whose fields has one of the markers; reads the containers of a manifest once. */
function containerFinder(): (group: Group) => string | undefined {
  const known = new Map<Manifest, ReadonlyMap<string, string>>();
  return ({ manifest, markers }) => {
    const names = known.get(manifest) ?? namesByPath(manifest);
    known.set(manifest, names);
    return markers
      .map(({ path }) => names.get(JSON.stringify(path.slice(manifest.at.length))))
      .find((name) => name !== undefined);
  };
}

function namesByPath(manifest: Manifest): ReadonlyMap<string, string> {
  const named = containersIn(manifest).flatMap((container) =>
    imagePaths(container).map((path) => [JSON.stringify(path), container.name] as const),
  );
  // Where annotations name a field that has a name already, the first of both counts.
  return new Map(named.toReversed());
}

/** What an image of a file is called by: the field of a whole reference, else the mapping that its parts stand in. */
function fieldOf({ manifest, markers: [{ part, path }] }: Group): string {
  const inside = path.slice(manifest.at.length);
  return fieldName(part === 'image' || inside.length === 1 ? inside : inside.slice(0, -1));
}
