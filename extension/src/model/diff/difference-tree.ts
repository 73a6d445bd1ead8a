import * as l10n from '@vscode/l10n';
import type { Difference, Json } from '@weaveflux/shared';

/** One value that differs; a side is absent where it has no such field. */
export interface Leaf {
  readonly left?: Json;
  readonly right?: Json;
  /** Said beside the left side. */
  readonly note?: string;
}

/** What differs, as the object that it is part of: members by field, items of lists by index. */
export interface Branch {
  readonly members: Map<string | number, Branch | Leaf>;
}

/** A side of a tree as a value, and what to say about its places, by path joined with "\n". */
export interface Drawn {
  readonly value: Json | undefined;
  readonly comments: ReadonlyMap<string, string>;
}

/** Mappings whose keys people choose, so that a number is a name there. */
const FREE_KEYS: ReadonlySet<string | number> = new Set([
  'data',
  'binaryData',
  'stringData',
  'labels',
  'annotations',
  'matchLabels',
  'nodeSelector',
]);

/** Puts a difference where its path leads; one of the whole object leads nowhere. */
export function grow(root: Branch, difference: Difference, leaf: Leaf): void {
  const steps = stepsOf(difference.path);
  const last = steps.at(-1);
  if (last === undefined) return;
  let here = root;
  for (const step of steps.slice(0, -1)) {
    const next = here.members.get(step);
    if (next !== undefined && 'members' in next) {
      here = next;
      continue;
    }
    const made: Branch = { members: new Map() };
    here.members.set(step, made);
    here = made;
  }
  here.members.set(last, leaf);
}

/** One side of a tree; items of a list are said by their index where others before them are not shown. */
export function draw(tree: Branch, side: 'left' | 'right'): Drawn {
  const comments = new Map<string, string>();
  const value = drawn(tree, []);
  return { value, comments };

  function drawn(node: Branch | Leaf, path: readonly (string | number)[]): Json | undefined {
    if (!('members' in node)) {
      if (side === 'left' && node.note !== undefined && node.left !== undefined) say(path, node.note);
      return node[side];
    }
    return isList(node) ? items(node, path) : fields(node, path);
  }

  function fields({ members }: Branch, path: readonly (string | number)[]): Json | undefined {
    const shown = [...members].flatMap(([name, node]): [string, Json][] => {
      const found = drawn(node, [...path, String(name)]);
      return found === undefined ? [] : [[String(name), found]];
    });
    return shown.length === 0 ? undefined : Object.fromEntries(shown);
  }

  function items({ members }: Branch, path: readonly (string | number)[]): Json | undefined {
    const list: Json[] = [];
    const inOrder = [...members].sort(([a], [b]) => Number(a) - Number(b));
    for (const [index, node] of inOrder) {
      const place = [...path, list.length];
      const found = drawn(node, place);
      if (found === undefined) continue;
      if (index !== list.length) say(place, l10n.t('item {0}', index));
      list.push(found);
    }
    return list.length === 0 ? undefined : list;
  }

  function say(path: readonly (string | number)[], words: string): void {
    const place = path.join('\n');
    const said = comments.get(place);
    comments.set(place, said === undefined ? words : `${words}, ${said}`);
  }
}

function isList({ members }: Branch): boolean {
  return members.size > 0 && [...members.keys()].every((key) => typeof key === 'number');
}

/** The steps of a JSON Pointer; it does not tell indexes from names, so what looks like an index is taken for one. */
export function stepsOf(pointer: string): (string | number)[] {
  const names = pointer.split('/').slice(1);
  const steps = names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.map((step, index) => {
    const isIndex = /^(?:0|[1-9]\d{0,5})$/.test(step) && !FREE_KEYS.has(steps[index - 1] ?? '');
    return isIndex ? Number(step) : step;
  });
}
