import * as l10n from '@vscode/l10n';
import { type Difference, type Json, type ObjectId, parseObjectKey, printYaml } from '@weaveflux/shared';
import { type Branch, draw, grow } from './difference-tree.ts';
import type { Sides } from './document.ts';

/** What the agent tells in the place of a secret value. */
const MASKED = 'differs';

/** How fragments are told. */
export interface FragmentOptions {
  /** What to say beside the left value. */
  readonly note?: (difference: Difference) => string | undefined;
}

/** The fields of an object that differ, as a small manifest on both sides: left as it is live, right as desired. */
export function fragmentSides(key: string, differences: readonly Difference[], { note }: FragmentOptions = {}): Sides {
  const tree = identityTree(key);
  for (const difference of differences) {
    const { live, desired } = difference;
    const said = note?.(difference);
    grow(tree, difference, {
      ...(live === undefined ? {} : { left: valueIn(live, 'live') }),
      ...(desired === undefined ? {} : { right: valueIn(desired, 'desired') }),
      ...(said === undefined ? {} : { note: said }),
    });
  }
  return { left: printed(tree, 'left'), right: printed(tree, 'right') };
}

/** An object by its kind and name only, as the head of a manifest. */
export function identityText(key: string): string {
  return printed(identityTree(key), 'left');
}

/** Who set a live value, and when, as Kubernetes tells it. */
export function ownerNote({ manager, time }: Difference): string | undefined {
  if (manager === undefined) return undefined;
  return time === undefined ? l10n.t('by {0}', manager) : l10n.t('by {0} at {1}', manager, time);
}

function identityTree(key: string): Branch {
  const id = parseObjectKey(key);
  return { members: id === undefined ? new Map() : membersOf(id) };
}

function membersOf({ kind, namespace, name }: ObjectId): Branch['members'] {
  const metadata: Branch = { members: new Map() };
  if (namespace !== '') metadata.members.set('namespace', { left: namespace, right: namespace });
  metadata.members.set('name', { left: name, right: name });
  return new Map<string, Branch | { left: Json; right: Json }>([
    ['kind', { left: kind, right: kind }],
    ['metadata', metadata],
  ]);
}

function printed(tree: Branch, side: 'left' | 'right'): string {
  const { value, comments } = draw(tree, side);
  return printYaml(value ?? {}, { comment: (path) => comments.get(path.join('\n')) });
}

/** The agent tells values as JSON, cut where it is long; what is cut, or masked, is shown as it is told. */
function valueIn(text: string, side: 'live' | 'desired'): Json {
  if (text === MASKED)
    return side === 'live' ? l10n.t('<masked: differs> in the cluster') : l10n.t('<masked: differs> in the repository');
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text.replace(/^"/, '');
  }
}
