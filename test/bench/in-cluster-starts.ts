import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiObject, waitFor } from '../rig/index.ts';
import { HOME, isReady, type NodeWorld } from '../support/node-world.ts';
import { SHOP } from './in-cluster-files.ts';
import { eventOf, eventsOf, memoryOf, type PodMemory, processOf } from './in-cluster-pod.ts';
import { cpuSeconds } from './processes.ts';

const ENVIRONMENT = `/apis/weaveflux.dev/v1alpha1/namespaces/${HOME}/environments/default`;
const INVENTORY = `/api/v1/namespaces/${HOME}/configmaps/weaveflux-inventory-default-0`;
/** Seconds in which what a delivery left to do is done and its memory given back, and those that are watched then. */
const SETTLE = 20;
const WATCH = 40;

/** An agent that has nothing to do. */
export interface Idle {
  readonly memory: PodMemory;
  /** CPU that it and its git processes use, in thousandths of a core. */
  readonly millicores: number;
}

/** One start of the agent, in milliseconds from the start of its process. */
export interface StartTimes {
  readonly ready: number;
  readonly applied: number;
}

/** What a user edits, with the default intervals instead of those that suit tests. */
export async function quietFile(world: NodeWorld): Promise<string> {
  const text = await world.oneFile(['--log-format=json']);
  return text
    .replace('--git-poll-interval=2s', '--git-poll-interval=30s')
    .replace('--automation-interval=2s', '--automation-interval=1m');
}

/** Takes the agent away, and with it all that it made: the next one finds an empty cluster. */
export async function emptyCluster(world: NodeWorld): Promise<void> {
  await scaleTo(world, 0);
  await world.node.kubectl(['delete', 'namespace', SHOP, '--ignore-not-found', '--timeout=120s']);
  for (const path of [ENVIRONMENT, INVENTORY]) await world.node.delete(path);
}

/** Sets the number of replicas; with none it waits until nothing of the agent runs. */
export async function scaleTo(world: NodeWorld, replicas: number): Promise<void> {
  await world.kubectl('scale', 'deployment/weaveflux', `--replicas=${replicas}`);
  if (replicas > 0) return;
  await waitFor({ what: 'the agent to be gone', deadline: 60_000, interval: 100 }, async () => {
    const { items } = await world.node.get(`/api/v1/namespaces/${HOME}/pods`);
    return items.length === 0;
  });
}

/** Waits for the agent that was just asked for: until it is ready and has applied the head of the branch. */
export async function startTimes(world: NodeWorld): Promise<StartTimes> {
  const { pod, at } = await firstReady(world);
  const { startedAt } = processOf(pod);
  const head = await world.repository.head();
  await appliedAt(world, head);
  const applied = eventOf(await eventsOf(world, pod), 'sync-applied', head).at;
  return { ready: at - startedAt, applied: applied - startedAt };
}

async function firstReady(world: NodeWorld): Promise<{ pod: ApiObject; at: number }> {
  return waitFor({ what: 'the agent to be ready', deadline: 60_000, interval: 25 }, async () => {
    const pod = (await world.pods()).find(isReady);
    return pod === undefined ? undefined : { pod, at: Date.now() };
  });
}

async function appliedAt(world: NodeWorld, revision: string): Promise<void> {
  await world.node.until(
    ENVIRONMENT,
    `${revision} to be applied`,
    ({ status }) => status?.appliedRevision === revision,
    { deadline: 120_000, interval: 200 },
  );
}

/** What the working agent holds and uses when all is delivered and nothing is left to do. */
export async function settled(world: NodeWorld): Promise<Idle> {
  await world.healthy();
  await sleep(SETTLE * 1000);
  const process = processOf(await world.readyPod());
  const before = cpuSeconds(process.pid);
  await sleep(WATCH * 1000);
  const millicores = ((cpuSeconds(process.pid) - before) / WATCH) * 1000;
  return { memory: memoryOf(process), millicores };
}

/** The seconds that the kubelet took to pull the agent's image, as its event says. */
export async function pullTime(world: NodeWorld): Promise<string> {
  const { items } = await world.node.get(`/api/v1/namespaces/${HOME}/events?fieldSelector=reason=Pulled`);
  const messages: string[] = items.map(({ message }: ApiObject) => message);
  return messages.map((message) => message.match(/ in ([\d.]+m?s) /)?.[1]).find((time) => time !== undefined) ?? '';
}
