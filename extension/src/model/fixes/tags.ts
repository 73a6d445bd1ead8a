import * as l10n from '@vscode/l10n';
import { type ImageStatus, type Policy, tryParseImage, withTag } from '@weaveflux/shared';
import type { Ages } from '../changes/age.ts';
import { type TagChoice, tagChoices } from '../changes/tag-choices.ts';
import type { FileSource, ImageSource } from '../source/types.ts';
import type { Fix } from './fix.ts';
import { replacedIn } from './rewrite.ts';

/** A menu of more is no help. */
const MOST = 5;

/** The image, and what is known of its tags. */
export interface TagWish {
  readonly image: ImageSource;
  readonly policy: Policy | undefined;
  readonly status: ImageStatus | undefined;
  readonly ages: Ages;
}

/** Ways to say which version is meant: the tags that are known, those that fit the policy first. */
export function tagFixes({ text }: FileSource, { image, policy, status, ages }: TagWish): Fix[] {
  const reference = image.image;
  if (reference === undefined) return [];
  const choices = tagChoices({ status, current: '', policy }).filter(({ tag }) => tag.toLowerCase() !== 'latest');
  return choices.slice(0, MOST).flatMap((choice, index) => {
    const after = withTag({ ...reference, digest: undefined }, choice.tag);
    const replaces = tryParseImage(after) === undefined ? [] : replacedIn(text, image.range, image.text, after);
    return replaces.length === 0
      ? []
      : [{ title: titleOf(choice, ages(choice.created)), replaces, isPreferred: index === 0 }];
  });
}

function titleOf({ tag, isHeld, fits }: TagChoice, age: string): string {
  const remarks = [
    ...(age === '' ? [] : [l10n.t('created {0}', age)]),
    ...(isHeld ? [l10n.t('held')] : []),
    ...(fits ? [] : [l10n.t('not admitted by the policy')]),
  ];
  return remarks.length === 0
    ? l10n.t('Use the tag {0}', tag)
    : l10n.t('Use the tag {0} ({1})', tag, remarks.join(', '));
}
