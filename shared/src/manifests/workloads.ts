import { isObject, type JsonObject, listAt, type Path, stringAt } from '../json.ts';

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

/** One container of a workload with its image and where that stands. */
export interface Container {
  readonly name: string;
  readonly image: string;
  /** Path of the image's scalar inside the object. */
  readonly path: Path;
  readonly init: boolean;
}

/** The containers of a workload, containers first, then initContainers (as Flux v1 lists them). */
export function containersOf(group: string, kind: string, object: JsonObject): Container[] {
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
