import type { Target } from '../target.ts';

/** A codicon, and the theme colour that it is drawn in; no colour = the text's. */
export interface RowIcon {
  readonly id: string;
  readonly color?: string;
}

/** What a click on a row does: a command of VS Code with its arguments. */
export interface RowCommand {
  readonly command: string;
  /** What it does, for screen readers. */
  readonly title: string;
  readonly arguments: readonly unknown[];
}

/** What is shown when one rests on a row: plain text, of which Markdown is made when somebody does. */
export interface RowTooltip {
  readonly heading: string;
  /** A sentence below the heading. */
  readonly text?: string;
  /** Names and values; what has no value is left out. */
  readonly table: readonly (readonly [name: string, value: string | undefined])[];
}

/** One row of a tree. Immutable: a change is another row with the same id. */
export interface Row {
  /** Stays the same while the row is about the same thing; unique in its tree, as it begins with the parent's. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly icon?: RowIcon;
  readonly tooltip?: RowTooltip;
  /** All that icon, label and description say, in words. */
  readonly accessibilityLabel: string;
  /** Made by `contextValueOf`. */
  readonly contextValue: string;
  readonly command?: RowCommand;
  /** What commands of the row's menu are about. */
  readonly target: Target;
  /** How it stands when it is first shown; `none` = it has no children. */
  readonly collapsible: 'none' | 'collapsed' | 'expanded';
  /** Made when the row is opened. */
  readonly children?: () => readonly Row[];
}

/** An id below another one. */
export function under(parent: string, ...parts: readonly string[]): string {
  return [parent, ...parts].join('|');
}
