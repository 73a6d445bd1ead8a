import * as l10n from '@vscode/l10n';
import { type ImageStatus, readKey } from '@weaveflux/shared';
import type { AgentState } from '../agent/state.ts';
import { statusOf } from '../agent/tags.ts';
import type { Ages } from '../changes/age.ts';
import type { Finding, Subject } from '../diagnostics/finding.ts';
import { hasLongName } from '../diagnostics/policies.ts';
import type { AnnotationSource, FileSource, ImageSource, ManifestSource } from '../source/types.ts';
import type { Fix } from './fix.ts';
import { keyRepairs } from './keys.ts';
import { replacedIn, rewritten, textOf } from './rewrite.ts';
import { tagFixes } from './tags.ts';
import { valueRepairs } from './values.ts';

/** What fixes are made of beside the finding. */
export interface FixFacts {
  readonly source: FileSource;
  /** Absent where no agent is known. */
  readonly state: Pick<AgentState, 'images'> | undefined;
  readonly ages: Ages;
}

/** More of one kind are no help. */
const MOST = 4;

/** The ways to mend a finding, the likeliest first. None changes a document that cannot be read at the moment. */
export function fixesFor(finding: Finding, facts: FixFacts): Fix[] {
  return [...openFix(finding), ...(finding.subject === undefined ? [] : mend(finding, finding.subject, facts))];
}

function openFix({ other }: Finding): Fix[] {
  if (other === undefined) return [];
  return [{ title: l10n.t('Go to {0}', `${other.path}:${other.line}`), replaces: [], isPreferred: false, open: other }];
}

function mend(finding: Finding, subject: Subject, facts: FixFacts): Fix[] {
  const { manifest } = subject;
  if (manifest.stale) return [];
  if (subject.kind === 'annotation') return annotationFixes(finding, manifest, subject.annotation, facts.source);
  const { image } = subject;
  const { source, state, ages } = facts;
  const { policy } = manifest.policies.containers.get(image.container) ?? {};
  return state === undefined
    ? []
    : tagFixes(source, { image, policy, status: statusFor(manifest, image, source, state), ages });
}

/** By the container itself, else by any that has the same image repository. */
function statusFor(
  manifest: ManifestSource,
  image: ImageSource,
  { path }: FileSource,
  state: Pick<AgentState, 'images'>,
): ImageStatus | undefined {
  const isSame = ({ repository }: ImageStatus) => repository === image.image?.canonicalName;
  return statusOf(state, path, manifest, image) ?? state.images.find(isSame);
}

function annotationFixes(
  { code }: Finding,
  manifest: ManifestSource,
  annotation: AnnotationSource,
  source: FileSource,
): Fix[] {
  const isKeyWrong = code === 'UNKNOWN_KEY' || hasLongName(annotation.key);
  const repairs = isKeyWrong ? renames(manifest, annotation, source) : otherValues(manifest, annotation, source);
  const path = ['metadata', 'annotations', annotation.key];
  const removal = {
    title: l10n.t('Remove {0}', annotation.key),
    replaces: rewritten(source, manifest, path, undefined),
  };
  const usable = [...repairs.slice(0, MOST), removal].filter(({ replaces }) => replaces.length > 0);
  return usable.map((fix, index) => ({ ...fix, isPreferred: index === 0 && fix !== removal }));
}

type Repair = Pick<Fix, 'title' | 'replaces'>;

function renames(manifest: ManifestSource, { key, keyRange }: AnnotationSource, { text }: FileSource): Repair[] {
  const taken = new Set(manifest.annotations.map((other) => other.key));
  return keyRepairs(key, containersOf(manifest))
    .filter((other) => !taken.has(other))
    .map((other) => ({ title: l10n.t('Change it to {0}', other), replaces: replacedIn(text, keyRange, key, other) }));
}

function otherValues(manifest: ManifestSource, annotation: AnnotationSource, source: FileSource): Repair[] {
  const { key, value, valueRange } = annotation;
  const found = readKey(key);
  const container = found === undefined || found === 'unknown' ? undefined : found.container;
  const image = manifest.images.find((it) => it.container === container)?.image;
  const text = textOf(source.text, valueRange);
  const wrong = { key, value, text, containers: containersOf(manifest), tag: image?.tag ?? '' };
  return valueRepairs(wrong).map((other) => ({
    title: other === String(value) ? l10n.t('Put it in quotes: "{0}"', other) : l10n.t('Change it to {0}', other),
    replaces: rewritten(source, manifest, ['metadata', 'annotations', key], other),
  }));
}

function containersOf({ policies }: ManifestSource): string[] {
  return [...policies.containers.keys()];
}
