import type * as vscode from 'vscode';
import type { Row } from '../model/views/row.ts';
import { createTreeState, type RowNode } from '../model/views/tree-state.ts';
import { tooltipOf, treeItemOf } from './tree-item.ts';

/** Rows as VS Code asks for them. */
export interface RowTree extends vscode.TreeDataProvider<RowNode> {
  /** Makes the rows again; VS Code hears of what is to be drawn again, and of nothing else. */
  update(): void;
  /** Whether there is no row. */
  isEmpty(): boolean;
}

/**
 * A tree of the rows that `make` makes; nothing is made before somebody asks. `changed` hears which rows are to be drawn
 * again; `undefined` = all.
 */
export function createRowTree(make: () => readonly Row[], changed: (nodes: RowNode[] | undefined) => void): RowTree {
  const state = createTreeState();
  let isMade = false;

  function roots(): readonly RowNode[] {
    if (!isMade) state.update(make());
    isMade = true;
    return state.roots();
  }

  return {
    getTreeItem: ({ row }) => treeItemOf(row),
    resolveTreeItem(item, { row }) {
      item.tooltip = tooltipOf(row);
      return item;
    },
    getChildren: (node) => [...(node === undefined ? roots() : state.children(node))],
    getParent: (node) => state.parent(node),
    isEmpty: () => roots().length === 0,
    update() {
      if (!isMade) return;
      const changes = state.update(make());
      if (changes === 'all') changed(undefined);
      else if (changes.length > 0) changed([...changes]);
    },
  };
}
