import * as vscode from 'vscode';
import type { Lazy } from '../lazy.ts';
import type { RowNode } from '../model/views/tree-state.ts';

/** A view as VS Code has it, for who fills it. */
export interface OpenedView {
  readonly view: vscode.TreeView<RowNode>;
  /** Has rows drawn again, with what is below them; `undefined` = all. */
  readonly changed: (nodes: RowNode[] | undefined) => void;
}

/** What makes the rows; while it is loaded VS Code waits. */
type Tree = vscode.TreeDataProvider<RowNode>;

/** Opens the view of an id, whose rows a part makes that is loaded when VS Code asks for the first ones. */
export function openView<Part>(
  id: string,
  part: Lazy<Part>,
  treeOf: (part: Part) => Tree,
  { canSelectMany = false } = {},
): OpenedView & vscode.Disposable {
  const changed = new vscode.EventEmitter<RowNode[] | undefined>();
  const treeDataProvider: Tree = {
    onDidChangeTreeData: changed.event,
    getTreeItem: (node) => part.use((it) => treeOf(it).getTreeItem(node)),
    resolveTreeItem: (...asked) => part.use((it) => treeOf(it).resolveTreeItem?.(...asked)),
    getChildren: (node) => part.use((it) => treeOf(it).getChildren(node)),
    getParent: (node) => part.use((it) => treeOf(it).getParent?.(node)),
  };
  const view = vscode.window.createTreeView(id, { treeDataProvider, showCollapseAll: true, canSelectMany });
  return {
    view,
    changed: (nodes) => changed.fire(nodes),
    dispose: () => vscode.Disposable.from(view, changed).dispose(),
  };
}
