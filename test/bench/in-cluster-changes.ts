import { type ApiObject, waitFor } from '../rig/index.ts';
import { HOME, isReady, type NodeWorld } from '../support/node-world.ts';
import { SHOP, serviceName } from './in-cluster-files.ts';
import { eventOf, eventsOf, processOf } from './in-cluster-pod.ts';

const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${HOME}/leases/weaveflux-default`;

/** One image on its way, in milliseconds since its push ended. */
export interface ReleaseTimes {
  readonly committed: number;
  readonly running: number;
  readonly healthy: number;
}

/** Pushes an image of one service and follows it to a running pod and a healthy revision. */
export async function releaseOnce(world: NodeWorld, round: number): Promise<ReleaseTimes> {
  const name = serviceName(round);
  const image = await world.node.pushApp(`shop/${name}`, `1.${round}.1`);
  const pushed = Date.now();
  const running = await waitFor({ what: `${image} to run`, deadline: 60_000, interval: 50 }, async () => {
    const { items } = await world.node.get(`/api/v1/namespaces/${SHOP}/pods?labelSelector=app=${name}`);
    const runs = items.some((pod: ApiObject) => pod.spec.containers[0].image === image && isReady(pod));
    return runs ? Date.now() : undefined;
  });
  await world.healthy();
  const events = await eventsOf(world, await world.readyPod());
  const head = await world.repository.head();
  return {
    committed: eventOf(events, 'released', undefined, pushed).at - pushed,
    running: running - pushed,
    healthy: eventOf(events, 'healthy', head, pushed).at - pushed,
  };
}

/** How the one that works goes: asked to stop, or frozen as with its machine. */
export type Departure = 'stopped' | 'frozen';

/** Takes the leader away and gives the milliseconds until the other holds the Lease. */
export async function takeOver(world: NodeWorld, how: Departure): Promise<number> {
  const leader = await settledPair(world);
  const { pid } = processOf(leader);
  const began = Date.now();
  if (how === 'stopped') await world.node.delete(`/api/v1/namespaces/${HOME}/pods/${leader.metadata.name}`);
  else process.kill(pid, 'SIGSTOP');
  try {
    return await waitFor({ what: 'another to hold the Lease', deadline: 60_000, interval: 25 }, async () => {
      const now = await holder(world);
      return now !== '' && now !== leader.metadata.name ? Date.now() - began : undefined;
    });
  } finally {
    if (how === 'frozen') process.kill(pid, 'SIGCONT');
  }
}

/** Waits until two pods are ready and one of them holds the Lease; gives that one. */
async function settledPair(world: NodeWorld): Promise<ApiObject> {
  return waitFor({ what: 'two replicas, one at work', deadline: 60_000, interval: 200 }, async () => {
    const ready = (await world.pods()).filter(isReady);
    const name = await holder(world);
    return ready.length === 2 ? ready.find((pod) => pod.metadata.name === name) : undefined;
  });
}

async function holder(world: NodeWorld): Promise<string> {
  return (await world.node.find(LEASE))?.spec?.holderIdentity ?? '';
}
