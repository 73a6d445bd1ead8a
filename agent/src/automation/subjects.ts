import {
  type ContainerPolicy,
  containersOf,
  displayName,
  type ImageReference,
  type Json,
  type Manifest,
  type Path,
  podTemplatePath,
  tryParseImage,
  valueAt,
} from '@weaveflux/shared';
import type { Wanted } from '../delivery/memory.ts';

/** One image that the repository names: of a container, or of a field with a marker. */
export interface Subject {
  /** `objectKey` of the object. */
  readonly key: string;
  /** `namespace:kind/name`. */
  readonly name: string;
  readonly container: string;
  readonly manifest: Manifest;
  readonly line: number;
  /** As written. */
  readonly text: string;
  readonly image: ImageReference;
  readonly policy: ContainerPolicy;
  readonly automated: boolean;
  readonly ignored: boolean;
  readonly namespace: string;
  /** Whose imagePullSecrets open the registry; absent = the namespace's default service account's. */
  readonly podTemplate: Json | undefined;
  /** The fields to set for a new reference, inside the document. */
  edits(to: ImageReference): readonly { readonly path: Path; readonly value: string }[];
}

/** The images of the workloads, in the order of the repository. */
export function subjectsOf(wanted: Iterable<Wanted>): Subject[] {
  return [...wanted].flatMap(({ object, policies }) => {
    const { id, key, body, manifest } = object;
    const template = podTemplatePath(id.group, id.kind);
    if (template === undefined) return [];
    // A Job cannot change its image in place: it is followed only where it may be made anew.
    const automated = policies.automated && (id.kind !== 'Job' || policies.recreate);
    return containersOf(id.group, id.kind, body).flatMap((container) => {
      const image = tryParseImage(container.image);
      if (image === undefined) return [];
      const path = [...manifest.at, ...container.path];
      return [
        {
          key,
          name: displayName(id),
          container: container.name,
          manifest,
          line: manifest.line,
          text: container.image,
          image,
          policy: policies.containers.get(container.name) ?? unwritten(container.name),
          automated,
          ignored: policies.ignore === 'true',
          namespace: id.namespace,
          podTemplate: valueAt(body, template),
          edits: (to) => [{ path, value: to.text }],
        } satisfies Subject,
      ];
    });
  });
}

function unwritten(container: string): ContainerPolicy {
  return { container, pinned: false, followDigest: false };
}
