import * as l10n from '@vscode/l10n';
import type { Target } from './target.ts';

/** The command that links of hovers may call; their Markdown trusts no other. */
export const OPEN_COMMAND = 'weaveflux.open';

/** Text from outside, so that it means nothing in Markdown, as a link or as an icon. */
export function escaped(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+\-.!|<>~$&:@]/g, '\\$&')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Text in the font of code. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${fence}${space}${text.replace(/\s+/g, ' ')}${space}${fence}`;
}

/** A table; cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replace(/(?<!\\)\|/g, '\\|')).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** A link that opens a place of an environment's repository. */
export function openLink(text: string, target: Target): string {
  const argument = encodeURIComponent(JSON.stringify([target])).replace(/[()]/g, (char) =>
    char === '(' ? '%28' : '%29',
  );
  return `[${escaped(text)}](command:${OPEN_COMMAND}?${argument})`;
}

/** An address of the web as a link may have it; `undefined` for anything else. */
export function webAddress(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const { protocol, href } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  return href.replace(/[()]/g, (char) => (char === '(' ? '%28' : '%29'));
}

/** A time (RFC 3339) to the minute; '' where it is none. */
export function minuteOf(time: string | undefined): string {
  const date = new Date(time ?? '');
  return Number.isNaN(date.getTime()) ? '' : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The default of an annotation, where it has one (`none` = not), and an example. */
export function exampleLine(other: string, example: string): string {
  return other === 'none'
    ? l10n.t('Example: {0}', code(example))
    : l10n.t('Default {0}. Example: {1}', code(other), code(example));
}
