import { join } from 'node:path';
import {
  type ControlPlane,
  type ControlPlaneOptions,
  type Files,
  type GitRepository,
  type HttpsGit,
  startControlPlane,
  startHttpsGit,
  temporaryDirectory,
  type Workspace,
  waitFor,
} from '../rig/index.ts';
import { type AgentProcess, type Flags, startAgent } from './agent-process.ts';

/** A cluster, a Git server with one repository, a person's working copy, and agents. */
export interface World extends AsyncDisposable {
  readonly cluster: ControlPlane;
  readonly git: HttpsGit;
  readonly repository: GitRepository;
  readonly person: Workspace;
  readonly dir: string;
  /** Starts an agent; flags without `--`, by name. Polls every half second, collects garbage. */
  agent(flags?: Flags, env?: Readonly<Record<string, string>>): Promise<AgentProcess>;
}

/** Starts a world with a repository of these files. Without `controllers` no pod ever runs, and it is there sooner. */
export async function startWorld(files: Files, options: ControlPlaneOptions = { controllers: false }): Promise<World> {
  const dir = temporaryDirectory('world');
  const [cluster, git] = await Promise.all([startControlPlane(options), startHttpsGit()]);
  const repository = await git.createRepository('environment', files);
  const person = await git.checkout(repository);
  const agents: AgentProcess[] = [];
  let count = 0;
  return {
    cluster,
    git,
    repository,
    person,
    dir,
    async agent(flags = {}, env = {}) {
      count += 1;
      const all = { ...defaultFlags(dir, cluster, git, repository), 'data-dir': join(dir, `data-${count}`), ...flags };
      const agent = await startAgent(all, join(dir, `agent-${count}.json`), { GIT_SSL_CAINFO: git.caFile, ...env });
      agents.push(agent);
      return agent;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(agents.map((agent) => agent.stop()));
      await Promise.all([cluster[Symbol.asyncDispose](), git[Symbol.asyncDispose]()]);
    },
  };
}

function defaultFlags(dir: string, cluster: ControlPlane, git: HttpsGit, repository: GitRepository): Flags {
  return {
    'git-url': repository.url.replace('https://', `https://${git.user}:${git.token}@`),
    'git-poll-interval': '500ms',
    'automation-interval': '1s',
    kubeconfig: cluster.kubeconfig,
    'sync-garbage-collection': 'true',
    listen: '127.0.0.1:0',
    'listen-metrics': '127.0.0.1:0',
    'ssh-known-hosts': join(dir, 'known_hosts'),
  };
}

/** Waits until an object of the cluster is as asked; gives it. */
export async function untilObject<T>(
  cluster: ControlPlane,
  path: string,
  what: string,
  look: (object: Awaited<ReturnType<ControlPlane['find']>>) => T,
  deadline = 30_000,
): Promise<NonNullable<T>> {
  return waitFor({ what, deadline }, async () => look(await cluster.find(path)));
}
