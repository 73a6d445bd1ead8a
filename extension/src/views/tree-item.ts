import * as vscode from 'vscode';
import { tooltipMarkdown } from '../model/views/markdown.ts';
import type { Row, RowIcon } from '../model/views/row.ts';

const COLLAPSIBLE = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
} as const;

/** A row as VS Code draws it. */
export function treeItemOf(row: Row): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, COLLAPSIBLE[row.collapsible]);
  item.id = row.id;
  item.contextValue = row.contextValue;
  item.accessibilityInformation = { label: row.accessibilityLabel };
  if (row.description !== undefined) item.description = row.description;
  if (row.icon !== undefined) item.iconPath = themeIcon(row.icon);
  if (row.command !== undefined) item.command = { ...row.command, arguments: [...row.command.arguments] };
  return item;
}

/** What is shown when one rests on a row: neither trusted nor HTML nor with icons, as it shows text from outside. */
export function tooltipOf({ tooltip, accessibilityLabel }: Row): vscode.MarkdownString | string {
  return tooltip === undefined ? accessibilityLabel : new vscode.MarkdownString(tooltipMarkdown(tooltip));
}

function themeIcon({ id, color }: RowIcon): vscode.ThemeIcon {
  return new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));
}
