import type { Event, ObjectStatus, Problem, Status } from '@weaveflux/shared';
import type { Files, GitRepository, Workspace } from '../rig/index.ts';
import type { AgentProcess, Flags } from '../support/agent-process.ts';
import type { World } from '../support/world.ts';

/** One test's share of a world: a namespace, a repository and an agent of its own, all of one name. */
export interface Scene extends AsyncDisposable {
  readonly namespace: string;
  readonly repository: GitRepository;
  readonly person: Workspace;
  readonly agent: AgentProcess;
  /** Writes, removes, commits and pushes; gives the revision. */
  push(files: Files, ...removed: readonly string[]): Promise<string>;
  /** The path of an object in the namespace: `path('configmaps/a')`, `path('deployments/a', 'apps/v1')`. */
  path(rest: string, apiVersion?: string): string;
  /** Waits until the delivery of a revision has ended, whatever came of it. */
  delivered(revision: string): Promise<Status>;
}

/** Makes the namespace, pushes the files and starts an agent whose environment and default namespace have this name. */
export async function startScene(world: World, name: string, files: Files, flags: Flags = {}): Promise<Scene> {
  await world.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const repository = await world.git.createRepository(name, files);
  const person = await world.git.checkout(repository);
  const agent = await world.agent({ ...flagsOf(world, repository, name), ...flags });
  return {
    namespace: name,
    repository,
    person,
    agent,
    async push(changed, ...removed) {
      await person.write(changed);
      await person.remove(...removed);
      return person.commitAndPush('a change');
    },
    path: (rest, apiVersion = 'v1') =>
      `${apiVersion === 'v1' ? '/api' : '/apis'}/${apiVersion}/namespaces/${name}/${rest}`,
    delivered: (revision) => delivered(agent, revision),
    [Symbol.asyncDispose]: () => agent.stop(),
  };
}

/** The flags of an agent on this repository; for a second one of the same scene, too. */
export function flagsOf(world: World, repository: GitRepository, environment: string): Flags {
  return { 'git-url': urlOf(world, repository), environment, 'k8s-default-namespace': environment };
}

/** The URL with the credentials in it. */
export function urlOf({ git }: World, repository: GitRepository): string {
  return repository.url.replace('https://', `https://${git.user}:${git.token}@`);
}

/** Waits until the delivery of a revision has ended, whatever came of it. */
export function delivered(agent: AgentProcess, revision: string): Promise<Status> {
  return agent.until(
    `the delivery of ${revision.slice(0, 7)} to end`,
    ({ sync }) => sync.revision === revision && sync.state !== 'applying' && sync.finishedAt !== undefined,
  );
}

/** Documents of one file, in JSON, which YAML takes. */
export function documents(...objects: readonly unknown[]): string {
  return objects.map((object) => `---\n${JSON.stringify(object, null, 2)}\n`).join('');
}

/** A ConfigMap in YAML, of four lines. */
export function configMap(name: string, data: Readonly<Record<string, string>> = { a: 'b' }): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: ${JSON.stringify(data)}\n`;
}

/** A headless Service: healthy wherever it is. */
export function service(name: string) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { clusterIP: 'None', selector: { app: name }, ports: [{ port: 80 }] },
  };
}

/** A Deployment; `annotations` are those of its pods. */
export function deployment(name: string, replicas = 0, annotations: Readonly<Record<string, string>> = {}) {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations },
        spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
      },
    },
  };
}

/** A Job that runs once, with this image. */
export function job(name: string, image: string, annotations: Readonly<Record<string, string>> = {}) {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, annotations },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'app', image }] } } },
  };
}

/** A CRD of a namespaced kind whose spec and status keep what its schema does not name. */
export function crd(group: string, kind: string) {
  const singular = kind.toLowerCase();
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: open, status: open } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, singular, plural: `${singular}s`, listKind: `${kind}List` },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

/** An API group that never answers: `group` is served by a Service that is not there. */
export function deadGroup(group: string) {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `v1.${group}` },
    spec: {
      group,
      version: 'v1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { name: 'nowhere', namespace: 'default' },
    },
  };
}

/** The object of a status by the end of its name, `configmap/a`; throws where there is none. */
export function objectOf(status: Status, name: string): ObjectStatus {
  const found = status.objects.find((object) => object.name.endsWith(`:${name}`));
  if (found === undefined)
    throw new Error(`no ${name} among ${status.objects.map((object) => object.name).join(', ')}`);
  return found;
}

/** The problem at a file; throws where there is none. */
export function problemAt(status: Status, file: string): Problem {
  const found = status.sync.problems.find((problem) => problem.file === file);
  if (found === undefined) throw new Error(`no problem at ${file} among ${JSON.stringify(status.sync.problems)}`);
  return found;
}

/** The events of a type about one object, by the end of its key. */
export function eventsOf(events: readonly Event[], type: Event['type'], name: string): Event[] {
  return events.filter((event) => event.type === type && event.object?.endsWith(`/${name}`));
}

/**
 * How many requests the agent made that may have changed something in the cluster, once it watches every kind: before a
 * watch it asks for its rights, which is a POST, too.
 */
export async function countWrites(agent: AgentProcess): Promise<number> {
  const { objects } = await agent.api.status();
  const kinds = new Set(objects.map(({ key }) => key.split('/', 2).join('/')));
  return agent.process.ready({ what: `${kinds.size} kinds to be watched` }, async () => {
    const text = await (await fetch(`${agent.metricsUrl}/metrics`)).text();
    if (countRequests(text, /verb="watch"/) < kinds.size) return undefined;
    return countRequests(text, /verb="(create|update|patch|delete)"/);
  });
}

function countRequests(metrics: string, labelled: RegExp): number {
  return [...metrics.matchAll(/^weaveflux_api_requests_total\{(.*)\} (\d+)$/gm)]
    .filter(([, labels]) => labelled.test(labels ?? ''))
    .reduce((sum, [, , count]) => sum + Number(count), 0);
}
