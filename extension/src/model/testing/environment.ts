import { displayName, type ImageStatus, type ObjectStatus, parseObjectKey, type Status } from '@weaveflux/shared';
import { idIn, shownTag } from '../names.ts';

/** How an agent sees an object by its key: unchanged and healthy in a file of its name, unless told otherwise. */
export function objectOf(key: string, fields: Partial<ObjectStatus> = {}): ObjectStatus {
  const id = parseObjectKey(key);
  return {
    key,
    name: id === undefined ? key : displayName(id),
    file: `${idIn(key).name}.yaml`,
    line: 1,
    action: 'unchanged',
    health: { state: 'healthy', message: '' },
    ...fields,
  };
}

/** What an agent decides about the image (`name:tag`) of an object's container of its name: that it is current. */
export function imageOf(key: string, image: string, fields: Partial<ImageStatus> = {}): ImageStatus {
  const { name, file = '' } = objectOf(key);
  return {
    object: key,
    name,
    container: idIn(key).name,
    file,
    line: 20,
    image,
    repository: image.slice(0, image.lastIndexOf(':')),
    tag: shownTag(image),
    automated: true,
    state: 'current',
    reason: 'It has the newest tag.',
    held: [],
    available: [],
    ...fields,
  };
}

/** The status of a healthy environment. */
export function statusWith(objects: readonly ObjectStatus[], fields: Partial<Status> = {}): Status {
  return {
    environment: 'default',
    namespace: 'weaveflux',
    version: '0.1.0',
    startedAt: '2026-01-01T00:00:00Z',
    ready: true,
    readOnly: false,
    repository: { url: 'ssh://git@git.example/shop.git', branch: 'main', paths: [] },
    sync: { state: 'healthy', counts: {}, problems: [], ignored: 0 },
    suspensions: [],
    objects: [...objects],
    ...fields,
  };
}
