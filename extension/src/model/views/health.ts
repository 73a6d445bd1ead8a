import * as l10n from '@vscode/l10n';
import type { HealthState } from '@weaveflux/shared';
import type { RowIcon } from './row.ts';

const WORDS: Readonly<Record<HealthState, () => string>> = {
  healthy: () => l10n.t('Healthy'),
  progressing: () => l10n.t('Progressing'),
  failed: () => l10n.t('Failing'),
  suspended: () => l10n.t('Suspended'),
  missing: () => l10n.t('Missing'),
  unknown: () => l10n.t('Unknown'),
};

/** Each state has a shape of its own, so that none is told by colour alone. */
const ICONS: Readonly<Record<HealthState, RowIcon>> = {
  healthy: { id: 'pass', color: 'testing.iconPassed' },
  progressing: { id: 'sync', color: 'charts.blue' },
  failed: { id: 'error', color: 'testing.iconFailed' },
  suspended: { id: 'debug-pause', color: 'descriptionForeground' },
  missing: { id: 'circle-slash', color: 'list.warningForeground' },
  unknown: { id: 'question', color: 'descriptionForeground' },
};

/** How a state of health is said to people. */
export function healthWord(state: HealthState): string {
  return WORDS[state]();
}

/** The icon of a state of health. */
export function healthIcon(state: HealthState): RowIcon {
  return ICONS[state];
}
