import { type Outcome, objectKey, type Suspension } from '@weaveflux/shared';
import { planDelivery } from '../plan/plan.ts';
import { suspensionOf } from '../plan/suspensions.ts';
import { readWindows } from '../plan/windows.ts';
import { workloadGlobProblems } from '../plan/workload-globs.ts';
import type { Loaded } from '../render/load.ts';
import { markedIn } from '../render/marked.ts';
import { readSignatureRules } from '../signatures/rules.ts';
import type { DesiredObject, Resolved } from '../targets/kubernetes/types.ts';
import { type Environment, short } from './environment.ts';
import type { DeliveryReport, Work } from './loop.ts';
import type { Memory } from './memory.ts';
import { applyOwnManifest } from './own-manifest.ts';
import { locatePlaces, placePolicyProblems, statedPlaces } from './places.ts';
import { prune } from './prune.ts';
import { recorder } from './record.ts';
import { keepDelivered, keepReported } from './reported.ts';
import { stanceOnArrival, stanceToward } from './stance.ts';
import { refreshSuspensions } from './suspensions.ts';
import { finishDelivery } from './sync-state.ts';
import { locatePolicies, policyProblems, wantedOf } from './wanted.ts';
import { tellWait, waitOf } from './windows.ts';

/** What one delivery needs besides the environment. */
export interface DeliverySteps {
  load(revision: string, signal: AbortSignal): Promise<Loaded>;
  /** Called before the apply with all kinds that must be watched from now on. */
  watch(): void;
  /** Called with the key of what others have changed while nobody compared it, as before our write was answered: it is to be compared. */
  overtaken(key: string): void;
}

/** Takes one revision from Git to the cluster: load, resolve, plan, inventory, apply, prune. */
export async function deliver(
  env: Environment,
  steps: DeliverySteps,
  work: Work,
  signal: AbortSignal,
): Promise<DeliveryReport> {
  const { memory, target } = env;
  begin(env, work);
  const [loaded, before] = await Promise.all([steps.load(work.revision, signal), readInventory(env, signal)]);
  const resolved = await target.resolve(loaded.manifests, signal);
  memory.wanted = await locatePolicies(wantedOf(resolved.desired, memory.wanted), (file) => loaded.text(file, signal));
  const ids = new Map(resolved.desired.map(({ manifest, id }) => [manifest, id]));
  const marked = markedIn(loaded, (manifest) => ids.get(manifest));
  memory.marked = marked.images;
  memory.places = await locatePlaces(statedPlaces(loaded.places), (file) => loaded.text(file, signal));
  memory.imagePolicies = marked.policies;
  const { windows, problems } = readWindows(loaded.settings);
  memory.windows = windows;
  const signatures = readSignatureRules(loaded.settings.images, loaded.keyFiles);
  memory.signatureRules = signatures.rules;
  memory.images = loaded.settings.images;
  memory.isRead = true;
  memory.sync.problems = [
    ...loaded.problems,
    ...resolved.problems,
    ...policyProblems(memory.wanted),
    ...marked.problems,
    ...placePolicyProblems(memory.places),
    ...problems,
    ...signatures.problems,
    ...workloadGlobProblems(loaded.settings),
  ];
  memory.sync.ignored = loaded.ignored + (resolved.ignored ?? 0);
  if (suspensionNow(env) !== undefined)
    await applyOwnManifest(env, work.revision, resolved.desired, steps.overtaken, signal);
  const suspension = suspensionNow(env);
  const waits = suspension === undefined ? waitOf(memory, work, env.now()) : undefined;
  if (waits !== undefined) await keepDelivered(env, steps, before, signal);
  memory.sync.waits = waits;
  if (suspension !== undefined) return holdBack(env, steps, work, `the environment is suspended: ${suspension.reason}`);
  if (waits !== undefined) {
    tellWait(env, work, waits);
    return holdBack(env, steps, work, waits.reason);
  }

  await keepReported(env, steps, before, signal);
  const applied = await applyAll(env, steps, work, resolved, signal);
  const pruned = await prune(env, { loaded, resolved, work, inventory: before }, signal);
  return finishDelivery(env, work, [...applied, ...pruned]);
}

function suspensionNow({ memory, now }: Environment): Suspension | undefined {
  return suspensionOf(memory.suspensions, undefined, now());
}

async function readInventory(env: Environment, signal: AbortSignal): Promise<Memory['inventory']> {
  const { memory, target } = env;
  memory.inventory = await target.inventory.load(signal);
  const before = memory.inventory;
  await refreshSuspensions(env, signal);
  return before;
}

/** Sends nothing, but watches: what differs and how healthy it is is shown during a suspension, too. */
function holdBack(env: Environment, steps: DeliverySteps, work: Work, reason: string): DeliveryReport {
  const { wanted, applied, outcomes } = env.memory;
  const recorded = recorder(env, work.revision, steps.overtaken);
  for (const { object } of wanted.values())
    if (applied.get(object.key)?.hash !== object.hash) recorded.skip(object, reason);
    else if (!outcomes.has(object.key)) recorded.unchanged(object);
  steps.watch();
  return finishDelivery(env, work, recorded.outcomes);
}

function begin(env: Environment, work: Work): void {
  const { sync } = env.memory;
  sync.state = 'applying';
  sync.revision = work.revision;
  sync.startedAt = env.now().toISOString();
  sync.finishedAt = undefined;
}

async function applyAll(
  env: Environment,
  steps: DeliverySteps,
  work: Work,
  resolved: Resolved,
  signal: AbortSignal,
): Promise<Outcome[]> {
  const { memory, target } = env;
  const plan = planDelivery({
    desired: resolved.desired,
    applied: memory.applied,
    force: work.force,
    stance: (object) => stanceToward(env, object),
  });
  const recorded = recorder(env, work.revision, steps.overtaken);
  for (const { object, reason } of plan.skipped) recorded.skip(object, reason);
  for (const object of plan.unchanged) recorded.unchanged(object);
  const entries = plan.send.map(entryOf);
  await target.inventory.add(entries, signal);
  memory.inventory = new Map([...memory.inventory, ...entries.map((entry) => [objectKey(entry.id), entry] as const)]);
  tellStart(env, work, plan.send.length, resolved.desired.length);
  try {
    await target.apply(plan.send, work.revision, recorded.result, signal, (object, annotations) => {
      const isKnown = memory.live.has(object.key);
      const stance = isKnown ? stanceToward(env, object) : stanceOnArrival(env, object, annotations);
      return stance.kind === 'leave' ? stance.reason : undefined;
    });
  } finally {
    // Kinds that are new are listed when all is written, which costs less than to be told of each of our own writes.
    steps.watch();
  }
  signal.throwIfAborted();
  return recorded.outcomes;
}

function entryOf({ id, manifest }: DesiredObject): { id: DesiredObject['id']; apiVersion: string } {
  return { id, apiVersion: manifest.apiVersion };
}

function tellStart(env: Environment, work: Work, sending: number, all: number): void {
  const { sync } = env.memory;
  const isRetry = sync.toldStart === work.revision && !work.force;
  sync.toldStart = work.revision;
  if (sending === 0 || isRetry) return;
  const message = `Delivering ${short(work.revision)}: ${sending} of ${all} objects to send.`;
  env.emit({ type: 'sync-started', severity: 'info', revision: work.revision, message });
}
