import * as l10n from '@vscode/l10n';
import { readKey } from '@weaveflux/shared';
import { isImpossibleGlob, policyRepairs } from '../fixes/policies.ts';
import type { ManifestSource } from '../source/types.ts';
import type { Finding } from './finding.ts';

/** Policies that are globs which no tag can match: mostly their prefix was forgotten. */
export function globFindings(manifest: ManifestSource): Finding[] {
  return manifest.annotations.flatMap((annotation): Finding[] => {
    const { key, value, valueRange: range } = annotation;
    const found = readKey(key);
    if (found === undefined || found === 'unknown' || found.key.type !== 'policy') return [];
    if (typeof value !== 'string' || !isImpossibleGlob(value)) return [];
    const [repair] = policyRepairs(value, '');
    const hint = repair === undefined ? l10n.t('correct it') : l10n.t('write {0} if that is meant', repair);
    const message = l10n.t(
      'The policy "{0}" is a glob that no tag can match, since tags have only letters, digits, "_", "." and "-"; {1}.',
      value,
      hint,
    );
    const subject = { kind: 'annotation', manifest, annotation } as const;
    return [{ code: 'MATCHES_NOTHING', severity: 'warning', message, range, subject }];
  });
}
