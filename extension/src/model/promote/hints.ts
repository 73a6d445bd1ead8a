import * as l10n from '@vscode/l10n';
import { type ImageReference, type ImageStatus, parsePolicy, type Tag } from '@weaveflux/shared';
import { comparisonBy } from '../changes/known-tags.ts';
import type { Spot } from './match.ts';

/** What a person should know before an image is carried over. */
export interface Hint {
  readonly kind: 'pinned' | 'held' | 'newer' | 'unfit' | 'other-repository';
  /** A few words for a list. */
  readonly text: string;
  /** Whether the image is not proposed because of it. */
  readonly speaksAgainst: boolean;
}

/** What there is to say about a version that is to go from one place to another. */
export interface HintQuestion {
  readonly source: ImageReference;
  readonly target: ImageReference;
  readonly spot: Spot;
  /** Of the target's image, as its agent tells it. */
  readonly status: ImageStatus | undefined;
  /** What is known of the tags on either side. */
  readonly tags: readonly Tag[];
}

const SEMVER = parsePolicy('semver:>=0.0.0-0').policy;

/** The hints, the gravest first. */
export function hintsOf(question: HintQuestion): Hint[] {
  const { source, target, spot, status } = question;
  const { tag = '' } = source;
  const policy = spot.workload.policies.containers.get(spot.container.name);
  const hints: Hint[] = [];
  if (policy?.pinned === true) {
    const pinned = policy.pinUser === undefined ? l10n.t('pinned') : l10n.t('pinned by {0}', policy.pinUser);
    const why = policy.pinMessage === undefined ? '' : `: ${policy.pinMessage}`;
    hints.push(against('pinned', `${pinned}${why}`));
  }
  if (status?.held.includes(tag) === true) hints.push(against('held', l10n.t('{0} is held after a revert', tag)));
  if (isNewer(question)) hints.push(against('newer', l10n.t('{0} is newer', target.tag ?? '')));
  if (spot.workload.policies.automated && policy?.policy?.admits(tag) === false) {
    hints.push(note('unfit', l10n.t('does not fit {0}, which may replace it', policy.policy.text)));
  }
  if (source.canonicalName !== target.canonicalName) {
    hints.push(note('other-repository', l10n.t('stays in {0}', target.canonicalName)));
  }
  return hints;
}

/** Whether the target is ahead, by its policy, by version or by created time. */
function isNewer({ source, target, spot, tags }: HintQuestion): boolean {
  if (source.tag === undefined || target.tag === undefined) return false;
  const known = (tag: string): Tag => tags.find((each) => each.tag === tag && each.created !== undefined) ?? { tag };
  const [ahead, behind] = [known(target.tag), known(source.tag)];
  const policy = spot.workload.policies.containers.get(spot.container.name)?.policy;
  const order = policy?.compare(ahead, behind) ?? comparisonBy(SEMVER)(ahead, behind);
  return order !== undefined && order > 0;
}

function against(kind: Hint['kind'], text: string): Hint {
  return { kind, text, speaksAgainst: true };
}

function note(kind: Hint['kind'], text: string): Hint {
  return { kind, text, speaksAgainst: false };
}
