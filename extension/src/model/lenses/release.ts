import type { AgentState } from '../agent/state.ts';
import type { TextRange } from '../source/types.ts';
import type { Target } from '../target.ts';
import { commandLens, inTitle, type LensOptions, type LensSpec } from './lens.ts';
import { absenceOf } from './no-status.ts';
import type { Offer } from './offer.ts';

/** Why a person cannot release: in a word or two, and in a sentence. */
interface Refusal {
  readonly short: string;
  readonly reason: string;
}

/** The lens that releases an image; it says who makes the commit, and where this person may not, why. */
export function releaseLens(
  range: TextRange,
  target: Target,
  offer: Offer | undefined,
  state: AgentState,
  { settings, environment }: LensOptions,
): LensSpec {
  const isHeld = offer?.kind === 'held';
  const end = isHeld ? '' : '…';
  const isEdit = settings.releaseMode === 'edit';
  const refusal = isEdit ? undefined : refusalOf(state, environment);
  if (refusal !== undefined) {
    const label = isHeld ? 'Release anyway' : 'Release…';
    const { short, reason } = refusal;
    return { range, title: `${label} (${short})`, tooltip: reason, refused: { label, reason } };
  }
  const base = isHeld ? 'Release anyway' : offer === undefined ? 'Release' : `Release ${inTitle(offer.tag)}`;
  const action = {
    id: isHeld ? 'weaveflux.releaseHeld' : 'weaveflux.release',
    title: isEdit ? `${base}${end}` : `${base} by the agent${end}`,
    tooltip: isEdit ? 'Edits this file, then offers to commit.' : 'The agent commits it, in your name.',
  };
  return commandLens(range, action, offer === undefined ? target : { ...target, tag: offer.tag });
}

function refusalOf({ rights, status, connection }: AgentState, environment: string | undefined): Refusal | undefined {
  if (environment === undefined) return { short: 'no agent', reason: 'This file is in no Git repository.' };
  if (rights.kind === 'denied') return { short: 'no permission', reason: rights.reason };
  if (status?.readOnly === true) {
    return { short: 'the agent is read-only', reason: 'The agent runs with --git-readonly and commits nothing.' };
  }
  const absence = absenceOf(connection);
  return absence === undefined ? undefined : { short: 'no agent', reason: absence };
}
