import { escaped } from '../markdown.ts';
import type { RowTooltip } from './row.ts';

/** A tooltip as Markdown: its heading in bold, its sentence, its table. Texts from outside show as they are. */
export function tooltipMarkdown({ heading, text = '', table }: RowTooltip): string {
  const parts = [`**${escaped(heading)}**`, escaped(text), tableOf(table)];
  return parts.filter((part) => part !== '').join('\n\n');
}

function tableOf(rows: RowTooltip['table']): string {
  const given = rows.filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return '';
  const lines = given.map(([name, value = '']) => `| ${escaped(name)} | ${escaped(value)} |`);
  return ['| | |', '| :-- | :-- |', ...lines].join('\n');
}
