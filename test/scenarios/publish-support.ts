import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ENVIRONMENT_CRD } from '@weaveflux/agent';
import { type ApiObject, findTool, waitFor } from '../rig/index.ts';
import type { World } from '../support/world.ts';

/** Runs kubectl as the administrator, in the agent's namespace; gives its output. Rejects where it exits with anything but 0. */
export type Kubectl = (...args: readonly string[]) => Promise<string>;

/** kubectl as a user has it. */
export async function kubectlOf(world: World): Promise<Kubectl> {
  const kubectl = await findTool('kubectl');
  return async (...args) => {
    const flags = ['--kubeconfig', world.cluster.kubeconfig, '--namespace', 'weaveflux'];
    return (await promisify(execFile)(kubectl, [...flags, ...args])).stdout;
  };
}

/** The CustomResourceDefinition as the API takes it. */
export const CRD = ENVIRONMENT_CRD as unknown as ApiObject;

/** Installs the kind, and waits until it is served. */
export async function installEnvironments(world: World): Promise<void> {
  await world.cluster.apply(CRD);
  await waitFor({ what: 'environments to be served' }, async () => {
    const { status } = await world.cluster.request('GET', '/apis/weaveflux.dev/v1alpha1/environments');
    return status === 200;
  });
}

/** The path of an environment's object. */
export function environmentPath(name: string): string {
  return `/apis/weaveflux.dev/v1alpha1/namespaces/weaveflux/environments/${name}`;
}

/** Whether a condition of an object is this. */
export function is(type: string, status: 'True' | 'False' | 'Unknown'): (object: ApiObject) => boolean {
  return (object) => conditionOf(object, type)?.status === status;
}

/** A condition of an object by its type. */
export function conditionOf(object: ApiObject, type: string): ApiObject | undefined {
  return object.status?.conditions?.find((condition: ApiObject) => condition.type === type);
}

/** Waits until the Events of Kubernetes that tell of an object of this name are as asked; gives them, oldest first: `Reason × count`. */
export function untilEvents(
  world: World,
  namespace: string,
  name: string,
  look: (events: readonly string[]) => boolean,
): Promise<string[]> {
  return waitFor({ what: `the Events about ${name}` }, async () => {
    const events = await eventsAbout(world, namespace, name);
    if (look(events)) return events;
    throw new Error(events.join(', '));
  });
}

async function eventsAbout(world: World, namespace: string, name: string): Promise<string[]> {
  const { items } = await world.cluster.get(`/api/v1/namespaces/${namespace}/events`);
  return items
    .filter(({ involvedObject }: ApiObject) => involvedObject.name === name)
    .sort((a: ApiObject, b: ApiObject) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
    .map(({ reason, count }: ApiObject) => `${reason} × ${count}`);
}
