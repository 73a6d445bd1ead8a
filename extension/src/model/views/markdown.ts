import type { RowTooltip } from './row.ts';

const SPECIAL = /[\\`*_{}[\]()#+\-!|~$&]/g;

/** Text from outside as Markdown that shows just this text, on one line: no markup, HTML, link or icon comes of it. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(SPECIAL, '\\$&')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('://', ':\\/\\/');
}

/** A tooltip as Markdown: its heading in bold, its sentence, its table. */
export function tooltipMarkdown({ heading, text = '', table }: RowTooltip): string {
  const parts = [`**${escapeMarkdown(heading)}**`, escapeMarkdown(text), tableOf(table)];
  return parts.filter((part) => part !== '').join('\n\n');
}

function tableOf(rows: RowTooltip['table']): string {
  const given = rows.filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return '';
  const lines = given.map(([name, value = '']) => `| ${escapeMarkdown(name)} | ${escapeMarkdown(value)} |`);
  return ['| | |', '| :-- | :-- |', ...lines].join('\n');
}
