import { asWeavefluxError, type JsonObject, WeavefluxError } from '@weaveflux/shared';
import { inParallel } from '../../concurrency/parallel.ts';
import { applyOne, failed } from './apply-one.ts';
import { type Cluster, findKind } from './cluster.ts';
import { meet, type Outgoing } from './contact.ts';
import { type DefinedKind, isCrd, kindsOfCrd } from './crd.ts';
import { createForeignCheck } from './foreign.ts';
import { isJob, type JobMemory } from './jobs.ts';
import { waitUntilUsable } from './readiness.ts';
import { findScaled, withoutFight } from './replicas.ts';
import { summarize } from './summarize.ts';
import type { ApplyResult, DesiredObject, Hold, KindInfo } from './types.ts';

/** Applies in flight; more gains nothing (measured), fewer loses. */
export const IN_FLIGHT = 64;

/** Milliseconds for writing down which Jobs ran, also when the delivery was cancelled. */
const RECORD_WITHIN = 10_000;

export interface ApplyState {
  readonly jobs: JobMemory;
  /** Keys that this process has applied: at their first time an inheritance is looked for. */
  readonly applied: Set<string>;
  readonly hold?: Hold | undefined;
}

type OnResult = (object: DesiredObject, result: ApplyResult) => void;

/** See `KubernetesTarget.apply`. */
export async function applyAll(
  cluster: Cluster,
  state: ApplyState,
  objects: readonly DesiredObject[],
  onResult: OnResult,
  signal: AbortSignal,
): Promise<void> {
  const usable = new Map<string, KindInfo>();
  const first = objects.filter((object) => object.wave === 0);
  const rest = objects.filter((object) => object.wave === 1);
  const noteKinds: OnResult = (object, result) => {
    if (isCrd(object.id) && result.problem === undefined)
      for (const kind of kindsOfCrd(object.body)) usable.set(keyOf(kind), kind);
    onResult(object, result);
  };
  if (first.length > 0) await applyWave(cluster, state, first, usable, noteKinds, signal);
  for (const wave of rolesFirst(rest)) await applyWave(cluster, state, wave, usable, onResult, signal);
}

/** Whoever may not bind whatever they like can only bind a role that is there. */
function rolesFirst(objects: readonly DesiredObject[]): DesiredObject[][] {
  const kindIs = (name: RegExp) => (object: DesiredObject) =>
    object.id.group === 'rbac.authorization.k8s.io' && name.test(object.id.kind);
  const { roles = [], others = [] } = Object.groupBy(objects, (object) =>
    kindIs(/Role$/)(object) ? 'roles' : 'others',
  );
  const waves = others.some(kindIs(/RoleBinding$/)) ? [roles, others] : [[...objects]];
  return waves.filter((wave) => wave.length > 0);
}

async function applyWave(
  cluster: Cluster,
  state: ApplyState,
  objects: readonly DesiredObject[],
  defined: ReadonlyMap<string, KindInfo>,
  onResult: OnResult,
  signal: AbortSignal,
): Promise<void> {
  const outgoing = await reach(cluster, objects, defined, onResult, signal);
  const [unmet, scaled, ended] = await Promise.all([
    meet(cluster, outgoing, signal),
    findScaled(cluster, objects, signal),
    state.jobs.ended(
      objects.filter((object) => isJob(object.id)),
      signal,
    ),
  ]);
  const foreign = createForeignCheck(cluster);
  const ran: DesiredObject[] = [];

  async function deliver(each: Outgoing): Promise<ApplyResult> {
    const { object, kind } = each;
    const refused = unmet.get(object.key) ?? (await foreign(object, signal));
    if (refused !== undefined) throw refused;
    const known = cluster.known.get(object.key);
    const reason = known === undefined ? undefined : state.hold?.(object, known.annotations);
    if (reason !== undefined) return { action: 'skipped', reason };
    if (ended.has(object.key) && known === undefined) return { action: 'skipped' };
    const body = await withoutFight(cluster, object, kind, scaled, signal);
    const done = await applyOne(cluster, each, body, !state.applied.has(object.key), signal);
    state.applied.add(object.key);
    const live = object.wave === 0 ? await waitUntilUsable(cluster, each, done.object, signal) : done.object;
    cluster.known.see(object.key, live);
    if (isJob(object.id)) {
      ran.push(object);
      state.jobs.see(object.key, live);
    }
    return { action: done.action, live: summarize(live, cluster.healthOf) };
  }

  try {
    await inParallel(inOrder(outgoing), IN_FLIGHT, async (each) => {
      signal.throwIfAborted();
      onResult(each.object, await resultOf(each.object, () => deliver(each), signal));
    });
  } finally {
    await state.jobs.ran(ran, AbortSignal.timeout(RECORD_WITHIN));
  }
}

/** Never throws for the object's own sake, only when everything is to stop. */
async function resultOf(
  object: DesiredObject,
  work: () => Promise<ApplyResult>,
  signal: AbortSignal,
): Promise<ApplyResult> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    return failed(object, error);
  }
}

/** Finds how each kind is reached; those that are not are told as failed. */
async function reach(
  cluster: Cluster,
  objects: readonly DesiredObject[],
  defined: ReadonlyMap<string, KindInfo>,
  onResult: OnResult,
  signal: AbortSignal,
): Promise<Outgoing[]> {
  const kinds = new Map<string, KindInfo | WeavefluxError>();
  const outgoing: Outgoing[] = [];
  for (const object of objects) {
    const key = keyOf({ apiVersion: object.manifest.apiVersion, kind: object.id.kind });
    const kind = kinds.get(key) ?? (await exactKind(cluster, object, defined.get(key), signal));
    kinds.set(key, kind);
    if (kind instanceof WeavefluxError) onResult(object, failed(object, kind));
    else outgoing.push({ object, kind, fresh: defined.has(key) });
  }
  return outgoing;
}

async function exactKind(
  cluster: Cluster,
  { id, manifest }: DesiredObject,
  defined: KindInfo | undefined,
  signal: AbortSignal,
): Promise<KindInfo | WeavefluxError> {
  if (defined !== undefined) return defined;
  try {
    const kind = await findKind(cluster, id, manifest.apiVersion, signal);
    if (kind?.apiVersion === manifest.apiVersion) return kind;
  } catch (error) {
    signal.throwIfAborted();
    return asWeavefluxError(error);
  }
  return new WeavefluxError(
    'UNKNOWN_KIND',
    `The cluster does not serve ${id.kind} of ${manifest.apiVersion}; install what brings it.`,
  );
}

/** What others are made of first, workloads after it, and what may refuse all of them last. */
function inOrder(outgoing: readonly Outgoing[]): Outgoing[] {
  return [...outgoing].sort((a, b) => rank(a.object.body) - rank(b.object.body));
}

function rank(body: JsonObject): number {
  const apiVersion = String(body.apiVersion);
  if (apiVersion.startsWith('admissionregistration.k8s.io/')) return 3;
  if (apiVersion.startsWith('apps/') || apiVersion.startsWith('batch/')) return 2;
  return apiVersion === 'v1' && body.kind !== 'Pod' ? 0 : 1;
}

function keyOf({ apiVersion, kind }: Pick<DefinedKind, 'apiVersion' | 'kind'>): string {
  return `${apiVersion}/${kind}`;
}
