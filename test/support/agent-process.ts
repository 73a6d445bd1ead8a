import { fileURLToPath } from 'node:url';
import type { Event, Status } from '@weaveflux/shared';
import {
  type ApiClient,
  agentFileDirectory,
  agentFilePath,
  createApiClient,
  readAgentFile,
} from '@weaveflux/shared/node';
import { type RigProcess, startProcess } from '../rig/index.ts';

const MAIN = fileURLToPath(new URL('../../agent/src/main.ts', import.meta.url));

/** Milliseconds until an agent has written its agent file, also one that stands by first until another is gone. */
const START = 120_000;

/** Flags of the agent, without `--`, by name. */
export type Flags = Readonly<Record<string, string | readonly string[]>>;

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

/**
 * Starts an agent with exactly these flags and waits until its API answers. Without `file`, it is found as a user's own.
 * `program` is what Node runs: the sources unless told.
 */
export async function startAgent(
  flags: Flags,
  file: string | undefined,
  env: Readonly<Record<string, string>> = {},
  onLine?: (line: string) => void,
  program: readonly string[] = [MAIN],
): Promise<AgentProcess> {
  const args = Object.entries(flags).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one) => `--${name}=${one}`),
  );
  const path = file ?? agentFilePath(agentFileDirectory(process.env), String(flags.environment ?? 'default'));
  const child = await startProcess({
    name: 'agent',
    command: process.execPath,
    args: [...program, 'agent', ...args],
    env: { ...env, WEAVEFLUX_AGENT_FILE: path },
    grace: 15_000,
    ...(onLine === undefined ? {} : { onLine }),
  });
  const found = await child.ready({ what: 'the agent to write its agent file', deadline: START }, async () => {
    const written = await readAgentFile(path);
    return written.pid === child.pid ? written : undefined;
  });
  const api = createApiClient({ url: found.url, token: async () => found.token });
  return watchAgent(child, api, path, found.metricsUrl ?? '');
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
  const known = new Set<string>();
  const take = (event: Event): void => {
    if (!known.has(event.id)) events.push(event);
    known.add(event.id);
  };
  try {
    for (const event of await api.recentEvents(signal)) take(event);
    for await (const item of api.events({ signal, lastEventId: events.at(-1)?.id })) {
      if (item.kind === 'event') take(item.event);
      // The stream does not begin where the list ended, which was empty perhaps.
      else for (const event of await api.recentEvents(signal)) take(event);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
