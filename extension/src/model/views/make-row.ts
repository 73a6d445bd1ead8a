import * as l10n from '@vscode/l10n';
import { spoken } from '../names.ts';
import type { Target } from '../target.ts';
import { contextValueOf, type RowFlag, type RowKind } from './context-values.ts';
import type { Row, RowCommand, RowIcon, RowTooltip } from './row.ts';

/** What a row is made of; what is absent or undefined follows from the rest. */
export interface RowFields {
  readonly id: string;
  readonly kind: RowKind;
  readonly flags?: Partial<Readonly<Record<RowFlag, boolean>>>;
  readonly label: string;
  readonly description?: string | undefined;
  readonly icon?: RowIcon | undefined;
  readonly tooltip?: RowTooltip | undefined;
  /** Unless told, label and description. */
  readonly accessibilityLabel?: string;
  readonly target: Target;
  /** Unless told, a row with a file or a commit opens that, and others do nothing. */
  readonly command?: RowCommand | 'none';
  readonly children?: (() => readonly Row[]) | undefined;
  /** How a row with children is first shown; `collapsed` unless told. */
  readonly collapsible?: 'collapsed' | 'expanded';
}

/** Opens what a target is about: its commit, or the line of its file. */
export function openCommand(target: Target): RowCommand {
  return { command: 'weaveflux.open', title: l10n.t('Open'), arguments: [target] };
}

/** A row of these fields. */
export function makeRow(fields: RowFields): Row {
  const { id, kind, label, description, icon, tooltip, target, children } = fields;
  const isPlaced = target.file !== undefined;
  const opens = isPlaced || target.revision !== undefined;
  const command = fields.command ?? (opens ? openCommand(target) : 'none');
  return {
    id,
    label,
    target,
    accessibilityLabel: fields.accessibilityLabel ?? spoken(label, description),
    contextValue: contextValueOf(kind, { placed: isPlaced, ...fields.flags }),
    collapsible: children === undefined ? 'none' : (fields.collapsible ?? 'collapsed'),
    ...(description ? { description } : {}),
    ...(icon === undefined ? {} : { icon }),
    ...(tooltip === undefined ? {} : { tooltip }),
    ...(command === 'none' ? {} : { command }),
    ...(children === undefined ? {} : { children }),
  };
}
