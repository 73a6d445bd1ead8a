import type { Target } from '../target.ts';
import type { Row, RowTooltip } from './row.ts';

/** A row as VS Code keeps it: the same object while there is a row with this id, always with the newest row. */
export interface RowNode {
  readonly id: string;
  readonly row: Row;
  /** For commands, which are handed the node. */
  readonly target: Target;
}

/** What of a tree is to be drawn again; the children of a node go with it. */
export type RowChanges = 'all' | readonly RowNode[];

/** The rows of a tree, of which only those that somebody has asked for are made. */
export interface TreeState {
  roots(): readonly RowNode[];
  /** Makes the children, where that has not been done since the node was last drawn; none of a row that is gone. */
  children(node: RowNode): readonly RowNode[];
  parent(node: RowNode): RowNode | undefined;
  /**
   * Takes other rows. Tells the nodes whose own looks are others or that have other children; `all` only where other
   * rows stand at the top, which VS Code knows by no other name.
   */
  update(roots: readonly Row[]): RowChanges;
}

interface Entry {
  readonly node: RowNode;
  readonly parent: Entry | undefined;
  row: Row;
  /** As they were last made. */
  children: readonly Entry[];
  /** Whether VS Code has these children, and must be told what becomes of them. */
  shown: boolean;
}

/** A tree without rows. */
export function createTreeState(): TreeState {
  const entries = new Map<string, Entry>();
  let roots: readonly Entry[] = [];

  function enter(row: Row, parent: Entry | undefined): Entry {
    const known = entries.get(row.id);
    if (known !== undefined) {
      known.row = row;
      return known;
    }
    const entry: Entry = { node: nodeOf(() => entry.row), parent, row, children: [], shown: false };
    entries.set(row.id, entry);
    return entry;
  }

  function replace(before: readonly Entry[], rows: readonly Row[], parent: Entry | undefined): readonly Entry[] {
    const ids = new Set(rows.map(({ id }) => id));
    for (const entry of before) if (!ids.has(entry.row.id)) leave(entry);
    return rows.map((row) => enter(row, parent));
  }

  function leave(entry: Entry): void {
    entries.delete(entry.row.id);
    for (const child of entry.children) leave(child);
  }

  /** VS Code asks again for the children of what is drawn again, where it shows them. */
  function forgetShown(entry: Entry): void {
    if (!entry.shown) return;
    entry.shown = false;
    for (const child of entry.children) forgetShown(child);
  }

  function compare(entry: Entry, row: Row, changed: RowNode[]): void {
    // Rows are immutable, with all that is below them.
    if (entry.row === row) return;
    const isSame = looksSame(entry.row, row);
    entry.row = row;
    const children = entry.shown ? (row.children?.() ?? []) : [];
    if (!isSame || (entry.shown && !haveSameIds(entry.children, children))) {
      changed.push(entry.node);
      forgetShown(entry);
    } else if (entry.shown) {
      compareAll(entry.children, children, changed);
    }
  }

  function compareAll(before: readonly Entry[], rows: readonly Row[], changed: RowNode[]): void {
    for (const [index, entry] of before.entries()) {
      const row = rows[index];
      if (row !== undefined) compare(entry, row, changed);
    }
  }

  return {
    roots: () => roots.map(({ node }) => node),
    children({ id }) {
      const entry = entries.get(id);
      if (entry === undefined) return [];
      if (!entry.shown) entry.children = replace(entry.children, entry.row.children?.() ?? [], entry);
      entry.shown = true;
      return entry.children.map(({ node }) => node);
    },
    parent: ({ id }) => entries.get(id)?.parent?.node,
    update(rows) {
      const changed: RowNode[] = [];
      if (haveSameIds(roots, rows)) {
        compareAll(roots, rows, changed);
        return changed;
      }
      roots = replace(roots, rows, undefined);
      roots.forEach(forgetShown);
      return 'all';
    },
  };
}

function nodeOf(current: () => Row): RowNode {
  return {
    get id() {
      return current().id;
    },
    get row() {
      return current();
    },
    get target() {
      return current().target;
    },
  };
}

function haveSameIds(entries: readonly Entry[], rows: readonly Row[]): boolean {
  return entries.length === rows.length && entries.every(({ row }, index) => row.id === rows[index]?.id);
}

/** Whether two rows are drawn alike and do the same when clicked. */
function looksSame(a: Row, b: Row): boolean {
  return (
    a.label === b.label &&
    a.description === b.description &&
    a.accessibilityLabel === b.accessibilityLabel &&
    a.contextValue === b.contextValue &&
    a.collapsible === b.collapsible &&
    a.icon?.id === b.icon?.id &&
    a.icon?.color === b.icon?.color &&
    JSON.stringify(a.command) === JSON.stringify(b.command) &&
    sameTooltip(a.tooltip, b.tooltip)
  );
}

function sameTooltip(a: RowTooltip | undefined, b: RowTooltip | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.heading === b.heading &&
    a.text === b.text &&
    a.table.length === b.table.length &&
    a.table.every(([name, value], index) => name === b.table[index]?.[0] && value === b.table[index]?.[1])
  );
}
