import type { ImageStatus } from '@weaveflux/shared';
import { UPDATE_KINDS, updateKindOf } from '../agent/updates.ts';
import type { DashboardAction, DashboardCommand } from './commands.ts';
import type { Update } from './snapshot.ts';

const COMMAND_OF: Readonly<Record<Update['kind'], DashboardCommand>> = {
  available: 'release',
  approval: 'approve',
  'needs-release': 'release',
  held: 'releaseHeld',
  waiting: 'release',
  pinned: 'unpin',
  manual: 'release',
};

/** The images of which something newer is there, those that can be released at once first. */
export function updatesOf(images: readonly ImageStatus[]): Update[] {
  return images
    .flatMap((image) => updateOf(image) ?? [])
    .sort(
      (a, b) => UPDATE_KINDS.indexOf(a.kind) - UPDATE_KINDS.indexOf(b.kind) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    );
}

function updateOf(image: ImageStatus): Update | undefined {
  const kind = updateKindOf(image);
  const { chosen, object, name, container, file, line, policy, reason } = image;
  if (kind === undefined || chosen === undefined) return undefined;
  const built = Date.parse(chosen.created ?? '');
  const about = { workload: object, container, file, line };
  const target = kind === 'pinned' ? about : { ...about, tag: chosen.tag };
  const actions: DashboardAction[] = [
    { command: COMMAND_OF[kind], target },
    { command: 'open', target: { file, line } },
  ];
  return {
    id: `${object} ${container}`,
    kind,
    name,
    container,
    from: image.tag,
    to: chosen.tag,
    ...(Number.isNaN(built) ? {} : { built }),
    policy,
    reason,
    actions,
  };
}
