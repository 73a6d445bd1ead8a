import * as l10n from '@vscode/l10n';
import type { ContainerPolicy, ImageStatus } from '@weaveflux/shared';
import { statusOf } from '../agent/tags.ts';
import type { Ages } from '../changes/age.ts';
import { newestFor } from '../changes/known-tags.ts';
import { shortDigest, type TagChoice, tagChoices } from '../changes/tag-choices.ts';
import { code, escaped, minuteOf, openLink, table, webAddress } from '../markdown.ts';
import type { FileSource, ImageSource, ManifestSource } from '../source/types.ts';
import { agentLine, type HoverFacts } from './facts.ts';

/** More rows hide what they are about. */
const MOST_TAGS = 8;
const MOST_PLACES = 6;

/** What is known of an image: its tags, what the policy makes of them, and where else it is used. */
export function imageHover(
  { path }: FileSource,
  manifest: ManifestSource,
  image: ImageSource,
  facts: HoverFacts,
): string {
  const { state, ages } = facts;
  const status = state === undefined ? undefined : statusOf(state, path, manifest, image);
  const own = manifest.policies.containers.get(image.container);
  const current = image.image?.tag ?? '';
  const choices = tagChoices({ status, current, policy: own?.policy });
  const here = choices.find(({ isCurrent }) => isCurrent);
  const parts = [
    `**${escaped(image.container)}** ${code(image.image?.name ?? image.text)}`,
    here === undefined ? '' : tagLine(here, ages),
    policyLine(own, status, choices),
    pinLine(own),
    requestLine(status),
    heldLine(status),
    status === undefined ? '' : tagTable(choices, ages),
    placesOf(manifest, image, facts),
    lastLine(status, facts),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function tagLine({ tag, created, digest }: TagChoice, ages: Ages): string {
  const age = ages(created);
  const time = age === '' ? '' : l10n.t('created {0} ({1})', age, minuteOf(created));
  const known = [code(tag), time, digest === undefined ? '' : code(shortDigest(digest))];
  return known.filter((part) => part !== '').join(' · ');
}

/** By the text as it is now; the agent's reason only where it judged the same policy. */
function policyLine(
  own: ContainerPolicy | undefined,
  status: ImageStatus | undefined,
  choices: readonly TagChoice[],
): string {
  if (own?.invalid !== undefined) return escaped(own.invalid.message);
  const reason = status === undefined || status.reason === '' ? '' : ` ${escaped(status.reason)}`;
  const { policy } = own ?? {};
  if (policy === undefined) return status?.policy === undefined ? reason.trim() : '';
  const isSame = status?.policy === policy.text;
  const chosen = isSame ? status.chosen : newestFor(policy, choices);
  if (status?.scannedAt === undefined) return `${l10n.t('Policy {0}.', code(policy.text))}${isSame ? reason : ''}`;
  const said =
    chosen === undefined
      ? l10n.t('Policy {0} admits no known tag.', code(policy.text))
      : l10n.t('Policy {0} chooses {1}.', code(policy.text), code(chosen.tag));
  return `${said}${isSame ? reason : ''}`;
}

function pinLine(own: ContainerPolicy | undefined): string {
  if (own?.pinned !== true) return '';
  const pinned = own.pinUser === undefined ? l10n.t('Pinned') : l10n.t('Pinned by {0}', escaped(own.pinUser));
  return own.pinMessage === undefined ? pinned : `${pinned}: ${escaped(own.pinMessage)}`;
}

/** Where what is chosen waits to be merged; the host of the repository is named as it names itself. */
function requestLine(status: ImageStatus | undefined): string {
  const url = status?.state === 'update' ? webAddress(status.proposed?.url) : undefined;
  return url === undefined ? '' : `[${l10n.t('Open the pull request')}](${url})`;
}

function heldLine(status: ImageStatus | undefined): string {
  if (status === undefined || status.held.length === 0) return '';
  return l10n.t('Held after a revert: {0}.', status.held.slice(0, MOST_TAGS).map(code).join(', '));
}

function tagTable(choices: readonly TagChoice[], ages: Ages): string {
  if (choices.length === 0) return '';
  const rows = choices
    .slice(0, MOST_TAGS)
    .map((choice) => [
      code(choice.tag),
      ages(choice.created),
      choice.digest === undefined ? '' : code(shortDigest(choice.digest)),
      remarksOf(choice),
    ]);
  const rest = choices.length - rows.length;
  const shown = table([l10n.t('Tag'), l10n.t('Created'), l10n.t('Digest'), ''], rows);
  return rest === 0 ? shown : `${shown}\n\n${l10n.t('and {0} more', rest)}`;
}

function remarksOf({ isCurrent, isChosen, isHeld, fits }: TagChoice): string {
  const remarks = [
    isCurrent && l10n.t('in this file'),
    isChosen && l10n.t('chosen'),
    isHeld && l10n.t('held'),
    !fits && l10n.t('not admitted'),
  ];
  return remarks.filter((remark) => remark !== false).join(', ');
}

/** Where else in the repository the image is used. */
function placesOf(manifest: ManifestSource, { container, image }: ImageSource, facts: HoverFacts): string {
  const { state, environment } = facts;
  if (image === undefined || state === undefined) return '';
  const own = statusOf(state, manifest.manifest.file, manifest, { container, image });
  const others = state.images.filter((other) => other !== own && other.repository === image.canonicalName);
  if (others.length === 0) return '';
  const links = others.slice(0, MOST_PLACES).map(({ name, file, line, tag, container: other }) => {
    const target = { ...(environment === undefined ? {} : { environment }), file, line };
    return `- ${openLink(name, target)} ${escaped(other)}${tag === '' ? '' : ` ${code(tag)}`}`;
  });
  const rest = others.length - links.length;
  return [l10n.t('Also used by'), '', ...links, ...(rest === 0 ? [] : [`- ${l10n.t('and {0} more', rest)}`])].join(
    '\n',
  );
}

function lastLine(status: ImageStatus | undefined, { state, ages }: HoverFacts): string {
  const missing = agentLine(state);
  if (missing !== '') return `_${escaped(missing)}_`;
  if (status === undefined) return `_${l10n.t('The agent does not know this image yet.')}_`;
  const age = ages(status.scannedAt);
  return age === '' ? '' : `_${l10n.t('Looked up {0}.', age)}_`;
}
