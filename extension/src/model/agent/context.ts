import type { AgentState, Connection } from './state.ts';

/** How the extension stands, all in all: as with its most telling agent, or why there is none to speak of. */
export type ConnectionKey = Connection['kind'] | 'no-git' | 'scanning' | 'no-repository';

/** The context keys of the agents; `when` clauses in `package.json` name them. */
export interface AgentContext {
  readonly 'weaveflux.connection': ConnectionKey;
  /** A Git repository is open. */
  readonly 'weaveflux.hasRepository': boolean;
  /** Something is known of some environment. */
  readonly 'weaveflux.hasEnvironment': boolean;
  /** Several environment repositories are open. */
  readonly 'weaveflux.multiple': boolean;
  /** Of some connected environment it is not known that one may not act. */
  readonly 'weaveflux.mayAct': boolean;
  /** Some whole environment is suspended. */
  readonly 'weaveflux.suspended': boolean;
  /** Some agent asks for a token. */
  readonly 'weaveflux.needsToken': boolean;
}

/** Of several environments the first of these is told: what works, then what a person can mend, then what is under way. */
const TELLING: readonly Connection['kind'][] = [
  'connected',
  'lost',
  'ambiguous',
  'no-permission',
  'not-found',
  'no-kubeconfig',
  'searching',
  'idle',
  'restricted',
];

/** The context keys as they are now. `git`: how VS Code's Git stands. */
export function contextOf(
  states: readonly AgentState[],
  git: 'off' | 'scanning' | 'ready',
  isTrusted: boolean,
): AgentContext {
  return {
    'weaveflux.connection': connectionKey(states, git, isTrusted),
    'weaveflux.hasRepository': states.length > 0,
    'weaveflux.hasEnvironment': states.some(({ status }) => status !== undefined),
    'weaveflux.multiple': states.length > 1,
    'weaveflux.mayAct': states.some(
      ({ connection, rights }) => connection.kind === 'connected' && rights.kind !== 'denied',
    ),
    'weaveflux.suspended': states.some(({ status }) => status?.suspensions.some(({ object }) => object === undefined)),
    'weaveflux.needsToken': states.some(({ connection }) => 'needsToken' in connection),
  };
}

function connectionKey(
  states: readonly AgentState[],
  git: 'off' | 'scanning' | 'ready',
  isTrusted: boolean,
): ConnectionKey {
  if (!isTrusted) return 'restricted';
  const found = TELLING.find((kind) => states.some(({ connection }) => connection.kind === kind));
  return found ?? (git === 'off' ? 'no-git' : git === 'scanning' ? 'scanning' : 'no-repository');
}
