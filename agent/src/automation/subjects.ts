import {
  type ContainerPolicy,
  containersIn,
  containersOf,
  displayName,
  effectiveTag,
  type Field,
  type ImagePlace,
  type ImageReference,
  imageFields,
  isPlace,
  type Json,
  type Manifest,
  type MarkedImage,
  type Policy,
  parseImage,
  podTemplatePath,
  tryParseImage,
  valueAt,
  versionsLike,
  withTag,
} from '@weaveflux/shared';
import type { Stated } from '../delivery/memory.ts';

/** One image that the repository names: of a container, of values, of fields with markers. */
export interface Subject {
  readonly place: ImagePlace;
  /** As written. */
  readonly manifest: Manifest;
  /** 1-based: of the marker, else where the manifest starts. */
  readonly line: number;
  readonly image: ImageReference;
  readonly policy: ContainerPolicy;
  /** Where its policy is stated by a manifest of its own, and not by an annotation. */
  readonly imagePolicy?: Manifest;
  /** What people compare it with where no policy is written: versions like its own; absent where it has no such tag. */
  readonly versions: Policy | undefined;
  /** The platforms of the nodes that its pods may run on, where tags must have an image for each; absent = not asked. */
  readonly platforms?: readonly string[];
  readonly automated: boolean;
  readonly ignored: boolean;
  readonly namespace: string;
  /** Of its workload; absent = none. */
  readonly group?: string | undefined;
  /** Whose imagePullSecrets open the registry; absent = the namespace's default service account's. */
  readonly podTemplate: Json | undefined;
  /** What to set for another reference. */
  fieldsFor(text: string): readonly Field[];
}

const ANY_DIGEST = `sha256:${'0'.repeat(64)}`;

/** The images of the repository, in its order. */
export function subjectsOf(wanted: Iterable<Stated>, marked: readonly MarkedImage[]): Subject[] {
  const byPlace = Map.groupBy(marked, ({ manifest }) => placeOf(manifest));
  return [...wanted].flatMap((entry) => subjectsIn(entry, byPlace.get(placeOf(entry.object.manifest)) ?? []));
}

/** What makes a manifest the same part of the same file. */
export function placeOf({ file, document, at }: Manifest): string {
  return [file, document, ...at].join('\0');
}

function subjectsIn({ object, policies }: Stated, marked: readonly MarkedImage[]): Subject[] {
  const { id, key, body, manifest } = object;
  const template = podTemplatePath(id.group, id.kind);
  const about = {
    manifest,
    ignored: policies.ignore === 'true',
    namespace: id.namespace,
    group: policies.group,
    podTemplate: template === undefined ? undefined : valueAt(body, template),
  };
  const place = (container: string, text: string): ImagePlace => {
    const { file, document } = manifest;
    return { file, document, object: key, workload: displayName(id), container, text };
  };
  // A Job cannot change its image in place: it is followed only where it may be made anew.
  const changeable = id.kind !== 'Job' || policies.recreate;
  const stated = isPlace(manifest) ? containersIn(manifest) : containersOf(id.group, id.kind, body);
  const byMarkers = new Set(marked.map(({ container }) => container));
  const containers = stated.filter(({ name }) => !byMarkers.has(name));
  return [
    ...containers.flatMap((container): Subject[] => {
      const image = tryParseImage(container.image);
      if (image === undefined) return [];
      return [
        {
          ...about,
          place: place(container.name, container.image),
          line: manifest.line,
          image,
          policy: policies.containers.get(container.name) ?? unwritten(container.name),
          versions: versionsLike(effectiveTag(image) ?? ''),
          automated: policies.automated && changeable,
          fieldsFor: (text) =>
            imageFields(container, parseImage(text)).map(({ path, value }) => ({
              path: [...manifest.at, ...path],
              value,
            })),
        },
      ];
    }),
    ...marked.map((own): Subject => {
      const { container, image, line } = own;
      const fieldsFor = (text: string) => own.edits(parseImage(text));
      return {
        ...about,
        place: place(container, image.text),
        line,
        image,
        policy: { ...own.policy, followDigest: own.policy.followDigest && holdsDigest({ image, fieldsFor }) },
        imagePolicy: own.source,
        versions: versionsLike(effectiveTag(image) ?? ''),
        automated: changeable,
        fieldsFor,
      };
    }),
  ];
}

/** Whether what is written has a place for a digest. */
export function holdsDigest({ image, fieldsFor }: Pick<Subject, 'image' | 'fieldsFor'>): boolean {
  try {
    const fields = fieldsFor(withTag(image, image.tag ?? 'tag', ANY_DIGEST));
    return fields.some(({ value }) => value.includes(ANY_DIGEST));
  } catch {
    return false;
  }
}

function unwritten(container: string): ContainerPolicy {
  return { container, pinned: false, followDigest: false };
}
