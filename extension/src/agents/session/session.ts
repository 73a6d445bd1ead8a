import { asWeavefluxError, type Status } from '@weaveflux/shared';
import { type ApiClient, createApiClient } from '@weaveflux/shared/node';
import { matchRepository, type OpenRepository } from '../../model/agent/match-repository.ts';
import { type AgentState, type Connection, UNKNOWN_STATE } from '../../model/agent/state.ts';
import { withParts } from '../../model/agent/transitions.ts';
import { tellingRights } from './acting.ts';
import { findAgent } from './find.ts';
import { followAgent } from './follow.ts';
import type { AgentLink, FoundAgent, Place } from './places.ts';
import { createRest } from './rest.ts';
import { afterFailure, sayConnection, unconnected } from './standing.ts';

/** What a session needs of the world; asked anew at each search. */
export interface SessionPorts {
  readonly repository: () => OpenRepository;
  /** The id of the agent that was chosen for this repository. */
  readonly chosen: () => string | undefined;
  /** Where to look, in this order. */
  readonly places: () => readonly Place[];
  /** Whether somebody may be looking. */
  readonly isWatched: () => boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** Hears each new state. */
  readonly changed: (state: AgentState) => void;
  /** Hears one sentence for the log; without secrets. */
  readonly log: (sentence: string) => void;
}

/** One repository's way to its agent: looks for it, follows it, and does so again for as long as it lives. */
export interface Session {
  /** Looks anew at once, whatever the state is. */
  again(): void;
  /** Looks anew where there is no connection and the last look is a while ago; else does nothing. */
  nudge(): void;
  /** The agent's API; waits while it is looked for. Errors: one sentence where there is no connection. */
  client(): Promise<ApiClient>;
  /** Ends every connection. */
  dispose(): void;
}

/** Milliseconds: the first pause before the next look, and the longest. Without any, only a person's act is a reason to look. */
const PAUSES: Partial<Readonly<Record<Connection['kind'], readonly [number, number]>>> = {
  lost: [1_000, 60_000],
  'not-found': [10_000, 300_000],
};
const NUDGED: ReadonlySet<Connection['kind']> = new Set(['lost', 'not-found', 'no-kubeconfig']);
/** Milliseconds after which somebody's need is a reason to look again. */
const NUDGED_AFTER = 30_000;
/** Milliseconds that a command waits for a connection. */
const PATIENCE = 30_000;

/** Begins to look for the agent at once. */
export function createSession(ports: SessionPorts): Session {
  const closing = new AbortController();
  const pause = createRest();
  const searching = createRest();
  let state = UNKNOWN_STATE;
  let attempt = new AbortController();
  let client: ApiClient | undefined;
  /** The id of the agent that the state is about. */
  let about: string | undefined;
  let lookedAt = 0;
  let failures = 0;

  function turn(after: AgentState): void {
    const before = state;
    state = after;
    if (after === before) return;
    if (after.connection !== before.connection) {
      ports.log(sayConnection(after));
      if (after.connection.kind === 'connected') failures = 0;
      if (after.connection.kind !== 'searching') searching.wake();
    }
    const { imagesProblem } = after;
    if (imagesProblem !== undefined && imagesProblem !== before.imagesProblem)
      ports.log(`images could not be read: ${imagesProblem}`);
    ports.changed(after);
  }

  const tell = (parts: Partial<AgentState>) => turn(withParts(state, parts));

  async function stay(agent: FoundAgent, signal: AbortSignal): Promise<void> {
    const { connection } = state;
    // What one agent told is not shown for another one.
    turn(withParts(about === agent.id ? state : { ...UNKNOWN_STATE, connection }, { agent: agent.name }));
    about = agent.id;
    await using link = await agent.connect(signal);
    const plain = createApiClient(link.connection);
    client = tellingRights(plain, (rights) => tell({ rights }));
    try {
      void probe(link, signal);
      const { isWatched, now } = ports;
      const isOurs = ({ repository }: Status) =>
        matchRepository(ports.repository(), [{ ...agent, repository }], ports.chosen()).kind === 'one';
      await followAgent(link, plain, { state: () => state, tell, isOurs, isWatched, now }, signal);
    } finally {
      client = undefined;
    }
  }

  async function probe(link: AgentLink, signal: AbortSignal): Promise<void> {
    const rights = await link.rights(signal).catch(() => ({ kind: 'unknown' }) as const);
    if (!signal.aborted) tell({ rights });
  }

  /** Looks once and stays with what is found; gives how things stand then, or nothing where it is to look again at once. */
  async function look(signal: AbortSignal): Promise<Connection | undefined> {
    let agent: FoundAgent | undefined;
    lookedAt = ports.now();
    try {
      const found = await findAgent(ports.repository(), ports.places(), ports.chosen(), signal);
      if ('connection' in found) return found.connection;
      agent = found.agent;
      await stay(agent, signal);
      return undefined;
    } catch (error) {
      return afterFailure(asWeavefluxError(error), agent);
    }
  }

  function conclude(connection: Connection): void {
    const isNobodys = connection.kind === 'not-found' || connection.kind === 'ambiguous';
    if (isNobodys) about = undefined;
    turn(withParts(isNobodys ? { ...UNKNOWN_STATE, connection: state.connection } : state, { connection }));
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const signal = AbortSignal.any([closing.signal, attempt.signal]);
      if (failures === 0 && state.connection.kind !== 'lost') tell({ connection: { kind: 'searching' } });
      const connection = await look(signal);
      if (signal.aborted || connection === undefined) continue;
      conclude(connection);
      const [first, longest] = PAUSES[connection.kind] ?? [];
      const milliseconds = first === undefined ? undefined : Math.min(first * 2 ** failures, longest ?? first);
      failures += 1;
      await pause.wait(milliseconds, signal);
    }
  }

  void run();
  return {
    again() {
      failures = 0;
      if (state.connection.kind === 'lost') tell({ connection: { kind: 'searching' } });
      const before = attempt;
      attempt = new AbortController();
      before.abort();
    },
    nudge() {
      if (NUDGED.has(state.connection.kind) && ports.now() - lookedAt > NUDGED_AFTER) pause.wake();
    },
    async client() {
      if (client === undefined && state.connection.kind === 'searching') await searching.wait(PATIENCE, closing.signal);
      if (client !== undefined) return client;
      throw unconnected(state.connection);
    },
    dispose: () => closing.abort(),
  };
}
