import * as l10n from '@vscode/l10n';
import {
  annotationKeysOf,
  type KeyDescription,
  type KeySpelling,
  type Policy,
  parsePolicy,
  readKey,
  readPolicies,
  type Tag,
} from '@weaveflux/shared';
import { repositoryTags } from '../agent/tags.ts';
import type { Ages } from '../changes/age.ts';
import { comparisonBy, newestFor } from '../changes/known-tags.ts';
import { isImpossibleGlob } from '../fixes/policies.ts';
import { code, escaped, exampleLine, table } from '../markdown.ts';
import type { ManifestSource } from '../source/types.ts';
import type { AnnotationAt } from './at.ts';
import { agentLine, type HoverFacts } from './facts.ts';

/** More rows hide what they are about. */
const MOST_TAGS = 10;

/** What an annotation of ours means, and which of the known tags its policy admits, as it is typed. */
export function annotationHover(annotation: AnnotationAt, facts: HoverFacts): string {
  const found = readKey(annotation.key);
  if (found === undefined || found === 'unknown') return '';
  const parts = [`**${escaped(annotation.key)}**`, ...keyLines(found.key), ...valueLines(annotation, found, facts)];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** What a key means, its default and an example. */
function keyLines({ meaning, default: other, example, place }: KeyDescription): string[] {
  const where = place === 'live annotation' ? l10n.t('It belongs on the live object.') : belongsOn(place);
  return [[escaped(meaning), where].filter((part) => part !== '').join(' '), exampleLine(other, example)];
}

function belongsOn(place: KeyDescription['place']): string {
  return place === 'annotation' ? '' : l10n.t('It belongs on the {0}.', place);
}

function valueLines(annotation: AnnotationAt, found: KeySpelling, facts: HoverFacts): string[] {
  const { key, value, manifest } = annotation;
  const containers = containersOf(annotation, found);
  const wrong = readPolicies({ [key]: value }, containers).problems.find((problem) => problem.annotation === key);
  if (wrong !== undefined) return facts.mistakesStand ? [] : [`⚠ ${escaped(wrong.message)}`];
  const { type } = found.key;
  if ((type !== 'policy' && type !== 'regexp') || found.container === undefined || typeof value !== 'string') return [];
  const policy = policyOf(manifest, found.container, type === 'policy' ? { tag: value } : { filter: value });
  if (policy === undefined) return [];
  if (type === 'policy' && isImpossibleGlob(value)) {
    return facts.mistakesStand ? [] : [`⚠ ${l10n.t('It is a glob that no tag can match.')}`];
  }
  return matchLines(policy, manifest, found.container, facts);
}

/** Where the document cannot be read, the container that is named is believed. */
function containersOf({ manifest }: AnnotationAt, { container }: KeySpelling): string[] {
  const known = [...(manifest?.policies.containers.keys() ?? [])];
  return known.length > 0 || container === undefined ? known : [container];
}

/** The policy of a container as its annotations say together, one of them as it is typed. */
function policyOf(
  manifest: ManifestSource | undefined,
  container: string,
  typed: { readonly tag?: string; readonly filter?: string },
): Policy | undefined {
  const written = Object.fromEntries((manifest?.annotations ?? []).map(({ key, value }) => [key, value]));
  const text = (name: 'tag' | 'tag-filter'): string | undefined => {
    const [key = ''] = annotationKeysOf(written, name, container);
    const value = written[key];
    return typeof value === 'string' ? value : undefined;
  };
  const filter = typed.filter ?? text('tag-filter');
  return parsePolicy(typed.tag ?? text('tag') ?? 'glob:*', filter === undefined ? {} : { filter }).policy;
}

function matchLines(
  policy: Policy,
  manifest: ManifestSource | undefined,
  container: string,
  { state, ages }: HoverFacts,
): string[] {
  const image = manifest?.images.find((it) => it.container === container)?.image;
  const known = image === undefined || state === undefined ? [] : [...repositoryTags(state, image.canonicalName)];
  const current = image?.tag;
  if (current !== undefined && known.every(({ tag }) => tag !== current)) known.push({ tag: current });
  const fitting = known.filter(({ tag }) => policy.admits(tag)).sort((a, b) => comparisonBy(policy)(b, a) ?? 0);
  const others = known.filter(({ tag }) => !policy.admits(tag)).map(({ tag }) => code(tag));
  const newest = newestFor(policy, fitting);
  const missing = agentLine(state);
  return [
    known.length === 0 ? '' : l10n.t('It admits {0} of {1} known tags.', fitting.length, known.length),
    tagTable(fitting, newest, current, ages),
    others.length === 0
      ? ''
      : l10n.t(
          'Not admitted: {0}',
          [...others.slice(0, MOST_TAGS), ...(others.length > MOST_TAGS ? ['…'] : [])].join(', '),
        ),
    missing === '' ? '' : `_${escaped(missing)}_`,
  ];
}

function tagTable(tags: readonly Tag[], newest: Tag | undefined, current: string | undefined, ages: Ages): string {
  if (tags.length === 0) return '';
  const rows = tags.slice(0, MOST_TAGS).map(({ tag, created }) => {
    const remarks = [tag === newest?.tag && l10n.t('newest'), tag === current && l10n.t('in this file')];
    return [code(tag), ages(created), remarks.filter((remark) => remark !== false).join(', ')];
  });
  const shown = table([l10n.t('Tag'), l10n.t('Created'), ''], rows);
  return tags.length > MOST_TAGS ? `${shown}\n\n${l10n.t('and {0} more', tags.length - MOST_TAGS)}` : shown;
}
