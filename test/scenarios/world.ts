import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Event, Status } from '@weaveflux/shared';
import { type ApiClient, createApiClient, readAgentFile } from '@weaveflux/shared/node';
import {
  type ControlPlane,
  type ControlPlaneOptions,
  type Files,
  type GitRepository,
  type HttpsGit,
  type RigProcess,
  startControlPlane,
  startHttpsGit,
  startProcess,
  temporaryDirectory,
  type Workspace,
  waitFor,
} from '../rig/index.ts';

const MAIN = fileURLToPath(new URL('../../agent/src/main.ts', import.meta.url));

/** An agent as a process of its own, and what tests ask of it. */
export interface AgentProcess extends AsyncDisposable {
  readonly process: RigProcess;
  readonly api: ApiClient;
  /** The agent file, for the command `weaveflux --agent-file`. */
  readonly file: string;
  /** Where it serves `/metrics` and its probes. */
  readonly metricsUrl: string;
  /** Everything it told so far, oldest first. */
  readonly events: readonly Event[];
  /** Waits until the status is as asked. */
  until(what: string, look: (status: Status) => unknown, deadline?: number): Promise<Status>;
  /** Waits for an event, also one already told; `after` = only events behind that one in `events`. */
  event(what: string, look: (event: Event) => unknown, options?: { after?: number; deadline?: number }): Promise<Event>;
  /** Waits until the revision is applied and healthy. */
  healthy(revision: string, deadline?: number): Promise<Status>;
  stop(): Promise<void>;
  /** As the kernel does it when memory runs out. */
  kill(): Promise<void>;
}

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

export type Flags = Readonly<Record<string, string | readonly string[]>>;

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

/** Starts an agent with exactly these flags and waits until its API answers. */
export async function startAgent(
  flags: Flags,
  file: string,
  env: Readonly<Record<string, string>> = {},
): Promise<AgentProcess> {
  const args = Object.entries(flags).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one) => `--${name}=${one}`),
  );
  const child = await startProcess({
    name: 'agent',
    command: process.execPath,
    args: [MAIN, 'agent', ...args],
    env: { ...env, WEAVEFLUX_AGENT_FILE: file },
    grace: 15_000,
  });
  const found = await child.ready({ what: 'the agent to write its agent file' }, () => readAgentFile(file));
  const api = createApiClient({ url: found.url, token: async () => found.token });
  return watchAgent(child, api, file, found.metricsUrl ?? '');
}

function watchAgent(child: RigProcess, api: ApiClient, file: string, metricsUrl: string): AgentProcess {
  const events: Event[] = [];
  const listening = new AbortController();
  const listened = listen(api, events, listening.signal);

  async function end(signal: () => Promise<void>): Promise<void> {
    listening.abort();
    await signal();
    await listened;
  }

  const agent: AgentProcess = {
    process: child,
    api,
    file,
    metricsUrl,
    events,
    async until(what, look, deadline) {
      return child.ready({ what, interval: 50, ...limit(deadline) }, async () => {
        const status = await api.status();
        return look(status) ? status : undefined;
      });
    },
    async event(what, look, { after = 0, deadline } = {}) {
      return child.ready({ what: `the event: ${what}`, interval: 20, ...limit(deadline) }, () =>
        events.slice(after).find((event) => look(event)),
      );
    },
    async healthy(revision, deadline) {
      return agent.until(
        `${revision.slice(0, 7)} to be healthy`,
        ({ sync }) => sync.healthyRevision === revision,
        deadline,
      );
    },
    stop: () => end(() => child.stop()),
    async kill() {
      await end(async () => {
        child.signal('SIGKILL');
        await child.ended;
      });
    },
    [Symbol.asyncDispose]: () => agent.stop(),
  };
  return agent;
}

function limit(deadline: number | undefined): { deadline?: number } {
  return deadline === undefined ? {} : { deadline };
}

async function listen(api: ApiClient, events: Event[], signal: AbortSignal): Promise<void> {
  try {
    events.push(...(await api.recentEvents(signal)));
    for await (const item of api.events({ signal, lastEventId: events.at(-1)?.id }))
      if (item.kind === 'event') events.push(item.event);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
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
