import * as l10n from '@vscode/l10n';
import {
  fieldsOf,
  type ImageChange,
  type ImageReference,
  type ImageStatus,
  type ObjectId,
  placeOf,
  type Tag,
  tryParseImage,
  type Workload,
  withTag,
} from '@weaveflux/shared';
import { imagesOf } from '../agent/match.ts';
import { knownTags } from '../changes/known-tags.ts';
import { type Hint, hintsOf } from './hints.ts';
import { counterparts, type Spot, withoutCounterpart } from './match.ts';

/** One environment's repository as its working copy states it. */
export interface Side {
  readonly workloads: readonly Workload[];
  /** What its agent tells; empty where there is none. */
  readonly images: readonly ImageStatus[];
}

/** An image that can be carried over. */
export interface PromotionItem {
  /** What becomes of the target's image. */
  readonly change: ImageChange;
  /** What a person should know before. */
  readonly hints: readonly Hint[];
  /** Whether nothing speaks against it. */
  readonly isProposed: boolean;
}

/** An image that cannot be carried over, and why. */
export interface PromotionRefusal {
  /** `missing` = the target has nothing that could take it. */
  readonly kind: 'unfit' | 'missing';
  /** `namespace:kind/name` in the target, in the source where it is missing there; and the container. */
  readonly workload: string;
  readonly container: string;
  /** One sentence. */
  readonly reason: string;
}

/** What carrying the images of one environment to another comes to. */
export interface Promotion {
  readonly items: readonly PromotionItem[];
  readonly refused: readonly PromotionRefusal[];
  /** How many images are equal on both sides. */
  readonly same: number;
}

/** What can be carried over: tags and digests, and nothing else. Workloads meet by kind, name and container. */
export function promotion(from: Side, to: Side): Promotion {
  const items: PromotionItem[] = [];
  const refused: PromotionRefusal[] = [];
  let same = 0;
  for (const { target, sources } of counterparts(from.workloads, to.workloads)) {
    const result = carry(sources, target, from, to);
    if (result === 'same') same += 1;
    else if (typeof result !== 'string') items.push(result);
    else refused.push(refusal('unfit', target, result));
  }
  for (const spot of withoutCounterpart(from.workloads, to.workloads)) {
    const hasWorkload = to.workloads.some(({ manifest: { id } }) => isNamesake(id, spot.workload.manifest.id));
    refused.push(refusal('missing', spot, sayMissing(hasWorkload)));
  }
  return { items, refused, same };
}

function sayMissing(hasWorkload: boolean): string {
  return hasWorkload ? l10n.t('The target has no such container.') : l10n.t('The target has no such workload.');
}

function refusal(kind: PromotionRefusal['kind'], { workload, container }: Spot, reason: string): PromotionRefusal {
  return { kind, workload: workload.name, container: container.name, reason };
}

/** The item, `same` where there is nothing to do, else a sentence that says why it cannot be. */
function carry(sources: readonly Spot[], target: Spot, from: Side, to: Side): PromotionItem | string {
  const image = tryParseImage(target.container.image);
  if (image === undefined) return sayNoImage(target.container.image);
  const parsed = sources.map((source) => ({ source, image: tryParseImage(source.container.image) }));
  const [first] = parsed;
  if (first?.image === undefined) return sayNoImage(first?.source.container.image ?? '');
  if (parsed.some((other) => versionOf(other.image) !== versionOf(first.image))) {
    const names = sources.map(({ workload }) => workload.name).join(', ');
    return l10n.t('It may mean any of {0}, which have different versions.', names);
  }
  if (lastPath(first.image) !== lastPath(image)) {
    return l10n.t('It has {0}, and {1} is another image.', image.canonicalName, first.image.canonicalName);
  }
  const { tag } = first.image;
  if (tag === undefined) return l10n.t('"{0}" names no tag.', first.image.text);
  const tags = [...tagsOf(to, target), ...tagsOf(from, first.source)];
  const digest = digestFor(first.image, image, tags);
  if (image.digest !== undefined && digest === undefined) return l10n.t('The digest of {0} is not known.', tag);
  const text = withTag(image, tag, digest);
  if (text === image.text) return 'same';
  const change = changeOf(target, image, text, tag);
  const hints = hintsOf({ source: first.image, target: image, spot: target, status: statusOf(to, target), tags });
  return { change, hints, isProposed: hints.every(({ speaksAgainst }) => !speaksAgainst) };
}

function sayNoImage(text: string): string {
  return l10n.t('"{0}" is no image reference.', text);
}

/** The digest stays what the source says; else what is known of its tag, where the target writes one. */
function digestFor(source: ImageReference, target: ImageReference, tags: readonly Tag[]): string | undefined {
  if (source.digest !== undefined || target.digest === undefined) return source.digest;
  if (source.tag === target.tag && source.canonicalName === target.canonicalName) return target.digest;
  return tags.find(({ tag, digest }) => tag === source.tag && digest !== undefined)?.digest;
}

function changeOf({ workload, container }: Spot, image: ImageReference, text: string, to: string): ImageChange {
  return {
    place: placeOf(workload, container),
    text,
    fields: fieldsOf(workload, container, text),
    repository: image.canonicalName,
    from: image.tag ?? '',
    to,
  };
}

function statusOf({ images }: Side, { workload, container }: Spot): ImageStatus | undefined {
  return imagesOf({ images }, workload.manifest.file, workload).get(container.name);
}

function tagsOf(side: Side, spot: Spot): readonly Tag[] {
  return knownTags(statusOf(side, spot));
}

function versionOf(image: ImageReference | undefined): string {
  return `${image?.canonicalName}:${image?.tag}@${image?.digest}`;
}

function isNamesake(a: ObjectId, b: ObjectId): boolean {
  return a.group === b.group && a.kind === b.kind && a.name === b.name;
}

function lastPath({ repository }: ImageReference): string {
  return repository.slice(repository.lastIndexOf('/') + 1);
}
