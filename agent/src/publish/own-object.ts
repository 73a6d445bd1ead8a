import {
  type EnvironmentStatus,
  environmentStatusSchema,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  RECONCILE_ANNOTATION,
  type Suspension,
  stringAt,
  valueAt,
} from '@weaveflux/shared';

/** What the agent reads of its Environment object. */
export interface OwnObject {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number | undefined;
  /** The value of the annotation that asks for a sync. */
  readonly requestedAt: string | undefined;
  /** What `spec.suspend` asks for. */
  readonly suspension: Suspension | undefined;
  /** Absent where it is none of ours. */
  readonly status: EnvironmentStatus | undefined;
}

const LONGEST_AGO = '1970-01-01T00:00:00Z';

/** Reads the object as the API gives it. */
export function readOwnObject(object: JsonObject): OwnObject {
  const generation = valueAt(object, ['metadata', 'generation']);
  const status = environmentStatusSchema.safeParse(object.status);
  return {
    uid: stringAt(object, ['metadata', 'uid']) ?? '',
    resourceVersion: stringAt(object, ['metadata', 'resourceVersion']) ?? '',
    generation: typeof generation === 'number' ? generation : undefined,
    requestedAt: stringAt(object, ['metadata', 'annotations', RECONCILE_ANNOTATION]),
    suspension: readSuspension(object),
    status: status.success ? status.data : undefined,
  };
}

/** Whatever stands there suspends: who wrote it meant to stop us. Without a name, the field's manager counts as who. */
function readSuspension(object: JsonObject): Suspension | undefined {
  const written = valueAt(object, ['spec', 'suspend']);
  if (written === undefined || written === null || written === false) return undefined;
  const { manager, time } = managerOf(object);
  const until = stringAt(written, ['until']);
  return {
    reason: stringAt(written, ['reason']) || 'set in spec.suspend',
    by: stringAt(written, ['requestedBy']) || manager,
    since: time,
    ...(until === undefined ? {} : { until }),
  };
}

/** Who set `spec.suspend` last, and when, as `managedFields` have it. */
function managerOf(object: JsonObject): { manager: string; time: string } {
  const owners = listAt(object, ['metadata', 'managedFields'])
    .filter((entry) => ownsSuspend(entry))
    .map((entry) => ({
      manager: stringAt(entry, ['manager']) ?? '',
      time: stringAt(entry, ['time']) ?? LONGEST_AGO,
    }))
    .sort((a, b) => (a.time < b.time ? 1 : -1));
  return owners[0] ?? { manager: 'unknown', time: stringAt(object, ['metadata', 'creationTimestamp']) ?? LONGEST_AGO };
}

function ownsSuspend(entry: Json): boolean {
  return isObject(entry) && objectAt(entry, ['fieldsV1', 'f:spec'])['f:suspend'] !== undefined;
}
