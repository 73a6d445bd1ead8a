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
    const by = policy.pinUser === undefined ? '' : ` by ${policy.pinUser}`;
    const why = policy.pinMessage === undefined ? '' : `: ${policy.pinMessage}`;
    hints.push(against('pinned', `pinned${by}${why}`));
  }
  if (status?.held.includes(tag) === true) hints.push(against('held', `${tag} is held after a revert`));
  if (isNewer(question)) hints.push(against('newer', `${target.tag} is newer`));
  if (spot.workload.policies.automated && policy?.policy?.admits(tag) === false) {
    hints.push(note('unfit', `does not fit ${policy.policy.text}, which may replace it`));
  }
  if (source.canonicalName !== target.canonicalName) {
    hints.push(note('other-repository', `stays in ${target.canonicalName}`));
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
