import * as l10n from '@vscode/l10n';
import type { FileSource, ManifestSource } from '../source/types.ts';
import type { Finding, Place } from './finding.ts';

interface Statement extends Place {
  readonly manifest: ManifestSource;
}

/**
 * Objects of a file that are stated twice: in it, or in others that the same agent reads. The agent applies the
 * first by path and line. What cannot be read at the moment counts as not stated.
 */
export function duplicateFindings(source: FileSource, others: readonly FileSource[]): Finding[] {
  const statements = [source, ...others].flatMap(statementsOf).sort(byPlace);
  const byKey = Map.groupBy(statements, ({ manifest }) => manifest.key);
  return statementsOf(source).flatMap(({ manifest, line }) => {
    const [first, second] = byKey.get(manifest.key) ?? [];
    if (first === undefined || second === undefined) return [];
    const isFirst = first.path === source.path && first.line === line;
    const { path, line: otherLine } = isFirst ? second : first;
    const other = { path, line: otherLine };
    return [{ ...told(manifest, isFirst, other), code: 'DUPLICATE_OBJECT', range: manifest.start, other }];
  });
}

function told(
  { name }: ManifestSource,
  isFirst: boolean,
  { path, line }: Place,
): Pick<Finding, 'severity' | 'message'> {
  const where = `${path}:${line}`;
  if (isFirst) {
    const message = l10n.t('{0} is stated again in {1}; this one is applied, remove one.', name, where);
    return { severity: 'warning', message };
  }
  const message = l10n.t('{0} is stated before in {1}; that one is applied, remove one.', name, where);
  return { severity: 'error', message };
}

function statementsOf({ path, manifests }: FileSource): Statement[] {
  return manifests
    .filter(({ stale }) => !stale)
    .map((manifest) => ({ path, line: manifest.start.startLine + 1, manifest }));
}

function byPlace(a: Place, b: Place): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line;
}
