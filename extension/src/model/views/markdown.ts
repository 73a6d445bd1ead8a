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

/** A table of names and values; what has no value is left out. Both are escaped. */
export function tableOf(rows: readonly (readonly [name: string, value: string | undefined])[]): string {
  const given = rows.filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return '';
  const lines = given.map(([name, value = '']) => `| ${escapeMarkdown(name)} | ${escapeMarkdown(value)} |`);
  return ['| | |', '| :-- | :-- |', ...lines].join('\n');
}

/** A heading in bold, and what follows it; empty parts are left out. */
export function tooltipOf(heading: string, ...parts: readonly string[]): string {
  return [`**${escapeMarkdown(heading)}**`, ...parts.filter((part) => part !== '')].join('\n\n');
}
