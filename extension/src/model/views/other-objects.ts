import * as l10n from '@vscode/l10n';
import { counted, idIn, spoken } from '../names.ts';
import { makeRow } from './make-row.ts';
import { objectRow } from './object-row.ts';
import { type Row, under } from './row.ts';
import type { Scene } from './scene.ts';

/** The section of the objects that are no workloads, by kind. */
export function otherObjectsRow(scene: Scene): Row {
  const id = under(scene.id, 'objects');
  const objects = scene.otherObjects();
  const count = objects.length.toLocaleString('en');
  return makeRow({
    id,
    kind: 'section',
    label: l10n.t('Other objects'),
    description: count,
    accessibilityLabel: spoken(l10n.t('Other objects'), count),
    target: { environment: scene.id },
    children: objects.length === 0 ? undefined : () => byKind(scene, id),
  });
}

function byKind(scene: Scene, parent: string): Row[] {
  const groups = [...Map.groupBy(scene.otherObjects(), ({ key }) => kindOf(key))];
  return groups
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, members]) => {
      const id = under(parent, kind);
      return makeRow({
        id,
        kind: 'objectKind',
        label: kind,
        description: members.length.toLocaleString('en'),
        icon: { id: 'symbol-class' },
        accessibilityLabel: spoken(kind, counted(members.length, l10n.t('1 object'), l10n.t('{0} objects'))),
        target: { environment: scene.id },
        children: () => members.map((object) => objectRow(scene, id, object)),
      });
    });
}

/** The kind, with its group where that is not one of Kubernetes' own. */
function kindOf(key: string): string {
  const { group, kind } = idIn(key);
  return group.includes('.') && !group.endsWith('.k8s.io') ? `${kind} (${group})` : kind;
}
