import type { ImageStatus } from '@weaveflux/shared';
import type { DashboardAction, DashboardCommand } from './commands.ts';
import { UPDATE_KINDS, type Update } from './snapshot.ts';

const COMMAND_OF: Readonly<Record<Update['kind'], DashboardCommand>> = {
  available: 'release',
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

/** How something newer stands with an image; `undefined` where nothing newer is known. */
export function updateKindOf(image: ImageStatus): Update['kind'] | undefined {
  const { state, chosen, held } = image;
  if (chosen === undefined) return undefined;
  if (state === 'update') return 'available';
  if (state === 'needs-release') return 'needs-release';
  if (state === 'held') return held.includes(chosen.tag) || chosen.tag === image.tag ? 'held' : 'waiting';
  if (state !== 'pinned' && state !== 'not-automated') return undefined;
  if (!isNewer(image)) return undefined;
  return state === 'pinned' ? 'pinned' : 'manual';
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

/** Whether what the policy chooses is newer than what the file says, as far as the tags that are shown tell. */
function isNewer({ chosen, tag, available }: ImageStatus): boolean {
  if (chosen === undefined || chosen.tag === tag) return false;
  const current = available.findIndex((each) => each.tag === tag);
  const next = available.findIndex((each) => each.tag === chosen.tag);
  return next >= 0 && current > next;
}
