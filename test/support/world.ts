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

/** One repository with a person's working copy, and agents that follow it. */
export interface EnvironmentWorld {
  readonly repository: GitRepository;
  readonly person: Workspace;
  /** Starts an agent; flags without `--`, by name. Polls every half second, collects garbage. */
  agent(flags?: Flags, env?: Readonly<Record<string, string>>, onLine?: (line: string) => void): Promise<AgentProcess>;
}

/** A cluster, a Git server, and a first environment. */
export interface World extends EnvironmentWorld, AsyncDisposable {
  readonly cluster: ControlPlane;
  readonly git: HttpsGit;
  readonly dir: string;
  /** Another environment of this name on the same cluster, with a repository of its own. */
  environment(name: string, files: Files): Promise<EnvironmentWorld>;
}

/** Starts a world with a repository of these files. Without `controllers` no pod ever runs, and it is there sooner. */
export async function startWorld(files: Files, options: ControlPlaneOptions = { controllers: false }): Promise<World> {
  const dir = temporaryDirectory('world');
  const [cluster, git] = await Promise.all([startControlPlane(options), startHttpsGit()]);
  const agents: AgentProcess[] = [];
  let count = 0;

  async function environment(name: string, content: Files): Promise<EnvironmentWorld> {
    const repository = await git.createRepository(name, content);
    const person = await git.checkout(repository);
    return {
      repository,
      person,
      async agent(flags = {}, env = {}, onLine) {
        count += 1;
        const standard = defaultFlags(dir, cluster, git, repository);
        const all = { ...standard, environment: name, 'data-dir': join(dir, `data-${count}`), ...flags };
        const file = join(dir, `agent-${count}.json`);
        const agent = await startAgent(all, file, { GIT_SSL_CAINFO: git.caFile, ...env }, onLine);
        agents.push(agent);
        return agent;
      },
    };
  }

  return {
    cluster,
    git,
    dir,
    environment,
    ...(await environment('default', files)),
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
    // The registries that manifests name are not there, unless a scene has one.
    'unautomated-scan-interval': '0s',
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
