import * as l10n from '@vscode/l10n';
import type { Problem } from '@weaveflux/shared';

/** How bad something is, for those who listen; nothing where it is not bad. */
export function severityWord(severity: Problem['severity'] | 'info'): string | undefined {
  if (severity === 'error') return l10n.t('error');
  return severity === 'warning' ? l10n.t('warning') : undefined;
}
