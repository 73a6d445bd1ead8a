import { createHash } from 'node:crypto';
import { oneLine } from '../text/one-line.ts';

/** One change as a request tells it. */
export interface RequestChange {
  readonly workload: string;
  readonly container: string;
  readonly repository: string;
  /** Empty = none was written. */
  readonly from: string;
  readonly to: string;
  readonly policy?: string;
}

/** Rows that are shown: hosts limit how long such a text may be. */
const ROWS = 200;
/** Characters of one cell. */
const CELL = 200;

/** What a request says of itself, in Markdown: a table of the changes, and a mark of ours that tells texts apart. */
export function requestBody(changes: readonly RequestChange[]): string {
  const rows = changes.slice(0, ROWS).map(({ workload, container, repository, from, to, policy }) => {
    const cells = [`${workload} ${container}`, repository, from, to, policy ?? ''];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return [
    'Weaveflux proposes these images. Merge to release them; close to leave them as they are until something newer comes.',
    '',
    '| workload | image | from | to | policy |',
    '|---|---|---|---|---|',
    ...rows,
    ...(changes.length > ROWS ? ['', `And ${changes.length - ROWS} more: see the commit.`] : []),
    '',
    markOf(changes),
    '',
  ].join('\n');
}

/** Whether a text was made for just these changes, whatever a person added to it. */
export function saysSame(body: string, changes: readonly RequestChange[]): boolean {
  return body.includes(markOf(changes));
}

/** A definition of a link that nothing refers to: no host shows it. */
function markOf(changes: readonly RequestChange[]): string {
  const lines = changes.map(({ workload, container, repository, from, to }) =>
    JSON.stringify([workload, container, repository, from, to]),
  );
  const digest = createHash('sha256').update(lines.sort().join('\n')).digest('hex');
  return `[//]: # "weaveflux ${digest}"`;
}

/** Text from a registry or a repository, as code in a table's cell: nothing in it is Markdown, HTML or a mention. */
function cell(text: string): string {
  const line = oneLine(text, CELL).replaceAll('`', "'").replaceAll('|', '\\|');
  return line === '' ? '' : `\`${line}\``;
}
