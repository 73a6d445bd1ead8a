import * as l10n from '@vscode/l10n';
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
  const isEdit = settings.releaseMode === 'edit';
  const refusal = isEdit ? undefined : refusalOf(state, environment);
  if (refusal !== undefined) {
    const label = isHeld ? l10n.t('Release anyway') : l10n.t('Release…');
    const { short, reason } = refusal;
    return { range, title: `${label} (${short})`, tooltip: reason, refused: { label, reason } };
  }
  const action = {
    id: isHeld ? 'weaveflux.releaseHeld' : 'weaveflux.release',
    title: isEdit ? titleOf(offer) : titleByAgent(offer),
    tooltip: isEdit ? l10n.t('Edits this file, then offers to commit.') : l10n.t('The agent commits it, in your name.'),
  };
  return commandLens(range, action, offer === undefined ? target : { ...target, tag: offer.tag });
}

/** The lens that approves what waits for it: always by the agent, whose proposal it is. */
export function approveLens(
  range: TextRange,
  target: Target,
  state: AgentState,
  { environment }: Pick<LensOptions, 'environment'>,
): LensSpec {
  const refusal = refusalOf(state, environment);
  const title = l10n.t('Approve');
  if (refusal !== undefined) {
    const { short, reason } = refusal;
    return { range, title: `${title} (${short})`, tooltip: reason, refused: { label: title, reason } };
  }
  const label = l10n.t('Approve {0}', inTitle(target.tag ?? ''));
  const tooltip = l10n.t('The agent commits it, approved in your name.');
  return commandLens(range, { id: 'weaveflux.approve', title, label, tooltip }, target);
}

function titleOf(offer: Offer | undefined): string {
  if (offer === undefined) return l10n.t('Release…');
  return offer.kind === 'held' ? l10n.t('Release anyway') : l10n.t('Release {0}…', inTitle(offer.tag));
}

function titleByAgent(offer: Offer | undefined): string {
  if (offer === undefined) return l10n.t('Release by the agent…');
  return offer.kind === 'held'
    ? l10n.t('Release anyway by the agent')
    : l10n.t('Release {0} by the agent…', inTitle(offer.tag));
}

function refusalOf({ rights, status, connection }: AgentState, environment: string | undefined): Refusal | undefined {
  if (environment === undefined) {
    return { short: l10n.t('no agent'), reason: l10n.t('This file is in no Git repository.') };
  }
  if (rights.kind === 'denied') return { short: l10n.t('no permission'), reason: rights.reason };
  if (status?.readOnly === true) {
    const reason = l10n.t('The agent runs with --git-readonly and commits nothing.');
    return { short: l10n.t('the agent is read-only'), reason };
  }
  const absence = absenceOf(connection);
  return absence === undefined ? undefined : { short: l10n.t('no agent'), reason: absence };
}
