import type { Event, ImageStatus, Status } from '@weaveflux/shared';

/** How the extension stands with the agent of a folder. */
export type Connection =
  /** Nobody has needed it yet. */
  | { readonly kind: 'idle' }
  /** The workspace is not trusted: no process, no network. */
  | { readonly kind: 'restricted' }
  | { readonly kind: 'searching' }
  | { readonly kind: 'no-kubeconfig'; readonly message: string }
  /** No agent keeps an environment of this repository and branch. */
  | ({ readonly kind: 'not-found'; readonly message: string } & Tokenless)
  /** The person lacks rights to read; the message names the role to ask for. */
  | ({ readonly kind: 'no-permission'; readonly message: string } & Tokenless)
  /** Several fit, and nobody has chosen yet. */
  | { readonly kind: 'ambiguous'; readonly names: readonly string[] }
  | { readonly kind: 'connected' }
  /** It was connected, or might be: it is tried again. */
  | { readonly kind: 'lost'; readonly message: string };

/** Set where a token would help: the origin (`https://host:port`) of the agent that asks for one. */
interface Tokenless {
  readonly needsToken?: string;
}

/** Whether the person may act upon the environment, and if not, why: one sentence. */
export type Rights = { readonly kind: 'unknown' | 'allowed' } | { readonly kind: 'denied'; readonly reason: string };

/** All that is known of one environment. Immutable: a change is another value. */
export interface AgentState {
  readonly connection: Connection;
  /** How people know the agent: `default in namespace weaveflux of context kind-dev`; absent = none found yet. */
  readonly agent?: string;
  /** The last known; kept while the agent is lost. */
  readonly status?: Status;
  readonly images: readonly ImageStatus[];
  /** Why the images cannot be read though the agent answers: one sentence. They are the last known meanwhile. */
  readonly imagesProblem?: string | undefined;
  /** Oldest first, at most 1,000. */
  readonly events: readonly Event[];
  readonly rights: Rights;
}

/** What of a state is another than before. */
export type StateChange = ReadonlySet<'connection' | 'status' | 'images' | 'events' | 'rights'>;

/** A state before anything is known. */
export const UNKNOWN_STATE: AgentState = {
  connection: { kind: 'idle' },
  images: [],
  events: [],
  rights: { kind: 'unknown' },
};
