import * as l10n from '@vscode/l10n';
import { type ImageStatus, type Policy, tryParseImage } from '@weaveflux/shared';
import { imagesOf } from '../agent/match.ts';
import { repositoryTags } from '../agent/tags.ts';
import type { Ages } from '../changes/age.ts';
import { shortDigest, type TagChoice, tagChoices } from '../changes/tag-choices.ts';
import { code, minuteOf } from '../markdown.ts';
import type { TextRange } from '../source/types.ts';
import type { Completion, CompletionFacts } from './completion.ts';
import type { Outline } from './outline.ts';
import type { Scalar } from './scalar.ts';

/**
 * The tags that are known of the image whose reference is typed, the newest first. Where a digest is written it is replaced
 * with that of the tag, and tags without a known one are left out.
 */
export function tagCompletions(scalar: Scalar, typed: string, outline: Outline, facts: CompletionFacts): Completion[] {
  const colon = typed.lastIndexOf(':');
  if (colon <= typed.lastIndexOf('/') || typed.includes('@')) return [];
  const name = typed.slice(0, colon);
  const repository = tryParseImage(name)?.canonicalName;
  if (repository === undefined) return [];
  const policy = outline.containers.find(({ image }) => image.startsWith(`${name}:`))?.policy;
  const hasDigest = scalar.content.includes('@');
  const { startCharacter, ...rest } = scalar.range;
  const range = { ...rest, startCharacter: startCharacter + colon + 1 };
  const end = scalar.isClosed ? '' : scalar.quote;
  return choicesOf(repository, outline.key ?? '', policy, facts).flatMap((choice) => {
    if (hasDigest && choice.digest === undefined) return [];
    return [completionOf(choice, `${choice.tag}${hasDigest ? `@${choice.digest}` : ''}${end}`, range, facts.ages)];
  });
}

/** By the status of a container of the object where one has this image, with what others know of it. */
function choicesOf(
  repository: string,
  key: string,
  policy: Policy | undefined,
  { state, source }: CompletionFacts,
): TagChoice[] {
  if (state === undefined) return [];
  const isSame = (status: ImageStatus) => status.repository === repository;
  const own = [...imagesOf(state, source.path, { key }).values()].find(isSame) ?? state.images.find(isSame);
  if (own === undefined) return [];
  const status = { ...own, available: [...repositoryTags(state, repository)] };
  return tagChoices({ status, current: '', policy });
}

function completionOf(choice: TagChoice, text: string, range: TextRange, ages: Ages): Completion {
  const { tag, created, digest, isChosen, isHeld, fits } = choice;
  const age = ages(created);
  const remarks = [
    age,
    isChosen ? l10n.t('chosen by the policy') : '',
    isHeld ? l10n.t('held') : '',
    fits ? '' : l10n.t('not admitted'),
  ];
  const known = [
    age === '' ? '' : l10n.t('Created {0}', minuteOf(created)),
    digest === undefined ? '' : code(shortDigest(digest)),
  ];
  return {
    kind: 'tag',
    label: tag,
    detail: remarks.filter((part) => part !== '').join(', '),
    documentation: known.filter((part) => part !== '').join(' · '),
    text,
    isSnippet: false,
    range,
    filter: text,
    isPreselected: isChosen,
    goesOn: false,
  };
}
