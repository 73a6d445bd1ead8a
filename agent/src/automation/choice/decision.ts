import type { DecisionState, Tag } from '@weaveflux/shared';

/** Why a container's image stays, or what it becomes. */
export interface Decision {
  readonly state: DecisionState;
  /** The tag that the policy chooses, also when it is held back. */
  readonly chosen?: Tag;
  /** Of what no policy may change: the chosen tag is newer than the file's. */
  readonly isNewer?: true;
  /** Of an update: the whole new reference. */
  readonly to?: string;
  /** One sentence; the one command that resolves it where a person must. */
  readonly reason: string;
  /** Of what waits for a window: when it need not any more, as far as that is known. */
  readonly until?: Date;
  /** Tags to describe before deciding again; empty = this is the decision. As many as may be asked about at once, likely newest first. */
  readonly needsMetadata: readonly string[];
  /** The tag of which it must be checked whether it is signed, before deciding again. */
  readonly needsSignature?: string;
  /** Tags that might be chosen instead: their signatures could not be checked just now. */
  readonly unsure?: readonly string[];
}

/** A decision that asks about nothing. */
export function settled(state: DecisionState, reason: string): Decision {
  return { state, reason, needsMetadata: [] };
}
