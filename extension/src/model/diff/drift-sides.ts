import * as l10n from '@vscode/l10n';
import type { ObjectDetail, ObjectStatus } from '@weaveflux/shared';
import { commented, type Sides } from './document.ts';
import { fragmentSides, identityText, ownerNote } from './fragments.ts';
import { uncut } from './uncut.ts';

/**
 * An object that differs from the repository: left as it is in the cluster, with who changed it and when; right as in
 * Git. `detail` has the whole of values that the status cuts.
 */
export function driftSides(name: string, status: ObjectStatus | undefined, detail?: ObjectDetail): Sides {
  if (status?.drift === undefined) {
    const text = commented([l10n.t('{0} is as the repository says.', name)], '');
    return { left: text, right: text };
  }
  const { key, file } = status;
  const whole = status.drift.differences.find(({ path }) => path === '');
  if (whole === undefined)
    return fragmentSides(key, uncut(status.drift.differences, detail ?? {}), { note: ownerNote });
  const there = identityText(key);
  if (file === undefined)
    return {
      left: there,
      right: commented([l10n.t('{0} is {1}.', name, whole.live ?? l10n.t('not in the repository'))], ''),
    };
  return { left: commented([l10n.t('{0} was deleted from the cluster.', name)], ''), right: there };
}

/** The objects that differ, in the order of their names. */
export function drifted(objects: readonly ObjectStatus[]): readonly ObjectStatus[] {
  return objects.filter(({ drift }) => drift !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
}
