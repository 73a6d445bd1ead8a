import { allPlaces } from 'weaveflux-vscode/src/agents/session/all-places.ts';
import { createSession, type Session } from 'weaveflux-vscode/src/agents/session/session.ts';
import { createSharedSearches } from 'weaveflux-vscode/src/agents/session/shared-search.ts';
import type { OpenRepository } from 'weaveflux-vscode/src/model/agent/match-repository.ts';
import { type AgentState, UNKNOWN_STATE } from 'weaveflux-vscode/src/model/agent/state.ts';
import type { Settings } from 'weaveflux-vscode/src/model/settings.ts';
import { waitFor } from '../rig/index.ts';

/** What an editor has open, and where it looks. All may change; a session takes it up at its next look. */
export interface Desk {
  repository: OpenRepository;
  settings: Pick<Settings, 'agents' | 'kubeconfig' | 'namespace'>;
  readonly env: Readonly<Record<string, string>>;
  readonly tokens: Map<string, string>;
  context?: string | undefined;
  chosen?: string | undefined;
}

/** A session of the extension without VS Code, and what tests ask of it. */
export interface DeskSession extends Disposable {
  readonly session: Session;
  readonly state: AgentState;
  /** Every state that it had. */
  readonly states: readonly AgentState[];
  readonly log: readonly string[];
  /** Waits until the state is as asked; milliseconds, 60 000 unless told. */
  until(what: string, look: (state: AgentState) => unknown, deadline?: number): Promise<AgentState>;
  /** Waits until the connection is of this kind. */
  connection(kind: AgentState['connection']['kind'], deadline?: number): Promise<AgentState>;
}

/** Milliseconds: longer than a session waits for one answer and then for the next. */
const DEADLINE = 60_000;

/** Begins to look for the agent of what is open. */
export function openSession(desk: Desk): DeskSession {
  const closing = new AbortController();
  const states: AgentState[] = [UNKNOWN_STATE];
  const log: string[] = [];
  const now = () => performance.now();
  const searches = createSharedSearches(now, closing.signal);
  const session = createSession({
    repository: () => desk.repository,
    chosen: () => desk.chosen,
    places: () => {
      const { settings, context, env } = desk;
      return allPlaces({
        settings,
        context,
        env,
        searches,
        tokens: { get: async (origin) => desk.tokens.get(origin) },
      });
    },
    isWatched: () => true,
    now,
    changed: (state) => states.push(state),
    log: (sentence) => log.push(sentence),
  });
  const state = () => states.at(-1) ?? UNKNOWN_STATE;
  const until: DeskSession['until'] = (what, look, deadline = DEADLINE) =>
    waitFor({ what, deadline, interval: 10 }, () => {
      if (look(state())) return state();
      throw new Error(JSON.stringify(state().connection));
    });
  return {
    session: {
      ...session,
      again() {
        searches.forget();
        session.again();
      },
    },
    get state() {
      return state();
    },
    states,
    log,
    until,
    connection: (kind, deadline) =>
      until(`the connection to be ${kind}`, ({ connection }) => connection.kind === kind, deadline),
    [Symbol.dispose]() {
      session.dispose();
      closing.abort();
    },
  };
}
