import type { AgentConnection } from '@weaveflux/shared/node';
import type { Obstacle, PlaceKind } from '../../model/agent/conclusion.ts';
import type { AgentOffer } from '../../model/agent/match-repository.ts';
import type { Rights } from '../../model/agent/state.ts';

/** A place where agents are looked for. */
export interface Place {
  readonly kind: PlaceKind;
  /** Never throws but when the signal is aborted: what fails is an obstacle. */
  search(signal: AbortSignal): Promise<Found>;
}

/** What was found in a place. */
export interface Found {
  readonly agents: readonly FoundAgent[];
  readonly obstacles: readonly Obstacle[];
  /** Where that was, in words: `on this machine`; absent = there is nothing to look at. */
  readonly looked?: string;
}

/** An agent that was found. */
export interface FoundAgent extends AgentOffer {
  /** Errors: as WeavefluxErrors. */
  connect(signal: AbortSignal): Promise<AgentLink>;
}

/** A way to an agent. */
export interface AgentLink extends AsyncDisposable {
  readonly connection: AgentConnection;
  /** Whether the person may act; asked once after connecting. */
  rights(signal: AbortSignal): Promise<Rights>;
  /** Asked while the agent is lost: resolves when it may be found by looking for it anew. */
  moved(signal: AbortSignal): Promise<void>;
}
