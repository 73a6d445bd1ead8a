import { type ImageStatus, type ObjectStatus, parseObjectKey, type Status, type Suspension } from '@weaveflux/shared';
import { isWorkload, reasonOf, stateOf } from '../agent/object-state.ts';
import { updateKindOf } from '../agent/updates.ts';
import { shownTag } from '../names.ts';
import type { DashboardAction } from './commands.ts';
import { SERVICE_STATES, type Service } from './snapshot.ts';

/** The workloads of an environment, worst first. */
export function servicesOf(status: Status, images: readonly ImageStatus[]): Service[] {
  const byObject = Map.groupBy(images, ({ object }) => object);
  return status.objects
    .filter(isWorkload)
    .map((object) => serviceOf(object, byObject.get(object.key) ?? [], status.suspensions))
    .sort(worstFirst);
}

/** Opens the line where an object is written; absent where it is not in the repository. */
export function openAction({
  file,
  line,
}: {
  file?: string | undefined;
  line?: number | undefined;
}): DashboardAction | undefined {
  return file === undefined
    ? undefined
    : { command: 'open', target: { file, ...(line === undefined ? {} : { line }) } };
}

function serviceOf(object: ObjectStatus, images: readonly ImageStatus[], suspensions: readonly Suspension[]): Service {
  const { key, health, drift } = object;
  const id = parseObjectKey(key);
  const newer = images.find((image) => updateKindOf(image) !== undefined);
  const pin = images.find((image) => image.pin !== undefined)?.pin;
  const suspension = suspensions.find((each) => each.object === key);
  return {
    key,
    name: id?.name ?? object.name,
    namespace: id?.namespace ?? '',
    kind: id?.kind ?? '',
    state: stateOf(object),
    message: reasonOf(object),
    ready: health.ready,
    desired: health.desired,
    images: Object.entries(object.images ?? {}).map(([container, image]) => ({ container, tag: shownTag(image) })),
    ...(newer?.chosen === undefined ? {} : { update: { container: newer.container, tag: newer.chosen.tag } }),
    ...(pin === undefined ? {} : { pinned: { by: pin.user, reason: pin.message } }),
    ...(drift === undefined ? {} : { drift: driftOf(drift) }),
    ...(suspension === undefined ? {} : { suspended: `${suspension.by}: ${suspension.reason}` }),
    open: openAction(object),
  };
}

function driftOf({ mode, differences }: NonNullable<ObjectStatus['drift']>): NonNullable<Service['drift']> {
  const managers = differences.flatMap(({ manager }) => (manager === undefined ? [] : [manager]));
  return { mode, fields: differences.length, managers: [...new Set(managers)] };
}

function worstFirst(a: Service, b: Service): number {
  return (
    SERVICE_STATES.indexOf(a.state) - SERVICE_STATES.indexOf(b.state) ||
    weight(b) - weight(a) ||
    (a.namespace < b.namespace ? -1 : a.namespace > b.namespace ? 1 : 0) ||
    (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  );
}

/** How much a workload that runs as another one does deserves a look before that one. */
function weight({ drift, suspended, update }: Service): number {
  return (
    (drift?.mode === 'contested' ? 8 : drift === undefined ? 0 : 4) +
    (suspended === undefined ? 0 : 2) +
    (update === undefined ? 0 : 1)
  );
}
