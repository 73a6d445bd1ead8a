import { tryParseImage } from '../images/reference.ts';
import { isObject, type Json, type JsonObject, type Path, stringAt } from '../json.ts';
import { helmImages, type ImageFault, isHelmRelease, type StatedImages } from '../manifests/helm-images.ts';
import { groupOf, PLACE_GROUP } from '../manifests/identity.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { type Container, containersOf } from '../manifests/workloads.ts';
import type { Marker, ParsedFile, SourceDocument } from '../yaml/types.ts';
import { isKustomizationFile, kustomizationImages } from './kustomization.ts';
import { partFinder } from './parts.ts';
import { SERVICE_KEYS } from './service-keys.ts';

type PlaceKind = 'File' | 'Kustomization' | 'Service';

/** Whether this is a place in the repository where images are written, and nothing that could be applied. */
export function isPlace({ id }: Pick<Manifest, 'id'>): boolean {
  return id.group === PLACE_GROUP;
}

/** Whether it is a place of which nothing is known but its markers: it has no room for a pin or a policy. */
export function isBareFile({ id }: Pick<Manifest, 'id'>): boolean {
  return id.group === PLACE_GROUP && id.kind === 'File';
}

/**
 * The places of a file where images are written: kustomizations with `images:`, services of Compose with `x-weaveflux`, and any
 * other document with markers. Of a document that is a manifest, too, the caller takes one or the other.
 */
export function placesOf(file: string, parsed: ParsedFile, markers: readonly Marker[]): Manifest[] {
  const byDocument = Map.groupBy(markers, ({ document }) => document);
  return parsed.documents.flatMap((document) => {
    const stated = statedPlaces(file, document);
    const statedAt = partFinder(stated);
    const left = (byDocument.get(document.index) ?? []).filter(
      ({ path }) => statedAt(document.index, path) === undefined,
    );
    return [...stated, ...markedPlaces(document, left)];
  });
}

/** The containers of a manifest or place, by the name that policies use. */
export function containersIn(manifest: Manifest): Container[] {
  return statedIn(manifest).containers;
}

/** What keeps images of a manifest or place from being followed. */
export function imageFaults(manifest: Manifest): ImageFault[] {
  const { group, kind } = manifest.id;
  return isPlace(manifest) || isHelmRelease(group, kind) ? statedIn(manifest).faults : [];
}

/** The last part of a service's name. */
export function serviceNameOf({ at }: Manifest): string {
  return String(at.at(-1) ?? '');
}

/** A path as people read it: `spec.values.image`, `images[0]`. */
export function fieldName(path: Path): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return withoutSpaces(text.replace(/^\./, ''));
}

function statedIn(manifest: Manifest): StatedImages {
  const { group, kind } = manifest.id;
  if (isPlace(manifest)) {
    if (kind === 'Kustomization') return kustomizationImages(manifest.value);
    return kind === 'Service' ? serviceImage(manifest) : { containers: [], faults: [] };
  }
  if (isHelmRelease(group, kind)) return helmImages(manifest.value);
  return { containers: containersOf(group, kind, manifest.value), faults: [] };
}

function statedPlaces(file: string, document: SourceDocument): Manifest[] {
  const { value } = document;
  if (!isObject(value)) return [];
  if (isKustomization(file, value)) {
    return Array.isArray(value.images) && value.images.length > 0 ? [placeAt(document, 'Kustomization', value)] : [];
  }
  if (stringAt(value, ['apiVersion']) !== undefined || !isObject(value.services)) return [];
  return Object.entries(value.services).flatMap(([name, service]) =>
    isObject(service) && Object.hasOwn(service, SERVICE_KEYS)
      ? [placeAt(document, 'Service', service, ['services', name], `/${name}`)]
      : [],
  );
}

function isKustomization(file: string, value: JsonObject): boolean {
  const group = groupOf(stringAt(value, ['apiVersion']) ?? '');
  if (group !== '') return group === 'kustomize.config.k8s.io';
  return isKustomizationFile(file);
}

/** One place for a document; of a list, as a patch is, one for each of its items. */
function markedPlaces(document: SourceDocument, markers: readonly Marker[]): Manifest[] {
  const { value } = document;
  if (markers.length === 0) return [];
  if (isObject(value)) return [placeAt(document, 'File', value)];
  if (!Array.isArray(value)) return [];
  const indexes = new Set(markers.map(({ path }) => path[0]));
  return value.flatMap((item: Json, index) =>
    isObject(item) && indexes.has(index) ? [placeAt(document, 'File', item, [index], `[${index}]`)] : [],
  );
}

function placeAt(document: SourceDocument, kind: PlaceKind, value: JsonObject, at: Path = [], inside = ''): Manifest {
  const { file, index, line } = document;
  const name = withoutSpaces(`${file}${index === 0 ? '' : `#${index + 1}`}${inside}`);
  return {
    id: { group: PLACE_GROUP, kind, namespace: '', name },
    apiVersion: '',
    value,
    file,
    line: (at.length === 0 ? undefined : (document.position(at, 'key')?.line ?? document.position(at)?.line)) ?? line,
    document: index,
    at,
  };
}

function serviceImage(manifest: Manifest): StatedImages {
  const { value } = manifest;
  const fault = (path: Path, reason: string): StatedImages => ({ containers: [], faults: [{ path, reason }] });
  if (!isObject(value[SERVICE_KEYS]) && value[SERVICE_KEYS] !== null) {
    return fault([SERVICE_KEYS], `${SERVICE_KEYS} is no mapping; write its keys below it`);
  }
  const { image = null } = value;
  const name = serviceNameOf(manifest);
  if (typeof image !== 'string') return fault([], `the service "${name}" has no image to follow`);
  if (/\$(?!\$)/.test(image)) {
    return fault(
      ['image'],
      `the image of "${name}" is put together by Compose from variables; write it out to have it released`,
    );
  }
  if (tryParseImage(image) === undefined) return fault(['image'], `"${image}" is no image reference`);
  return { containers: [{ name, image, path: ['image'], init: false }], faults: [] };
}

/** Names are words in commits: spaces and the like are written as in an address. */
function withoutSpaces(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}%]/gu, encodeURIComponent);
}
