import type { ImageReference } from '../images/reference.ts';
import { isObject, type JsonObject, listAt, type Path, stringAt } from '../json.ts';
import { helmImages, isHelmRelease } from './helm-images.ts';

/** Where the pod template of a kind of workload lies, by `group/kind`. */
const POD_TEMPLATE_PATHS: Readonly<Record<string, Path>> = {
  'apps/Deployment': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
};

/** The path of the pod template of a workload kind, or `undefined` where the kind is no workload. */
export function podTemplatePath(group: string, kind: string): Path | undefined {
  return POD_TEMPLATE_PATHS[`${group}/${kind}`];
}

/** One container of a workload, or one image of what has no pods, with its image and where that stands. */
export interface Container {
  readonly name: string;
  /** The reference; of one that stands in several fields as they say it together. */
  readonly image: string;
  /** Path, inside the object, of the scalar that holds the image, or its version. */
  readonly path: Path;
  readonly init: boolean;
  /** Set where the scalar at `path` does not hold the whole reference. */
  readonly parts?: ImageParts;
}

/** The fields of a reference that stands in several; the name never changes. */
export interface ImageParts {
  /** What the reference begins with and another field says: a registry and its slash; '' = nothing. */
  readonly prefix: string;
  /** Absent = the tag stands behind the name, at the container's `path`. */
  readonly tag?: Path;
  readonly digest?: Path;
}

/**
 * The containers of a workload, containers first, then initContainers (as Flux v1 lists them); of a HelmRelease the images of its
 * values.
 */
export function containersOf(group: string, kind: string, object: JsonObject): Container[] {
  if (isHelmRelease(group, kind)) return helmImages(object).containers;
  const template = podTemplatePath(group, kind);
  if (template === undefined) return [];
  return (['containers', 'initContainers'] as const).flatMap((list) => {
    const path = [...template, 'spec', list];
    return listAt(object, path).flatMap((entry, index) => {
      const name = isObject(entry) ? stringAt(entry, ['name']) : undefined;
      const image = isObject(entry) ? stringAt(entry, ['image']) : undefined;
      if (name === undefined || image === undefined) return [];
      return [{ name, image, path: [...path, index, 'image'], init: list === 'initContainers' }];
    });
  });
}

/** The fields to set, by paths inside the object, for another tag or digest of a container's image. */
export function imageFields({ path, parts }: Container, to: ImageReference): { path: Path; value: string }[] {
  if (parts === undefined) return [{ path, value: to.text }];
  const { prefix, tag, digest } = parts;
  if (tag === undefined && digest === undefined) return [{ path, value: to.text.slice(prefix.length) }];
  const behind = digest === undefined && to.digest !== undefined ? `@${to.digest}` : '';
  return [
    ...(tag === undefined || to.tag === undefined ? [] : [{ path: tag, value: `${to.tag}${behind}` }]),
    ...(digest === undefined || to.digest === undefined ? [] : [{ path: digest, value: to.digest }]),
  ];
}

/** The paths of all scalars that say something of a container's image, inside the object. */
export function imagePaths({ path, parts }: Container): Path[] {
  return [
    path,
    ...(parts?.tag === undefined ? [] : [parts.tag]),
    ...(parts?.digest === undefined ? [] : [parts.digest]),
  ];
}
