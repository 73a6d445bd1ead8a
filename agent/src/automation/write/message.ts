import { MESSAGE_PLACEHOLDERS, type MessagePlaceholder, releaseSubject } from '@weaveflux/shared';
import { oneLine } from '../../text/one-line.ts';
import type { ChangeTrailer } from '../past/trailers.ts';

/** A change, and the group of its workload where that is in one. */
export type GroupedChange = ChangeTrailer & { readonly group?: string | undefined };

/** Subject and text of a commit, before what we add. */
export interface Message {
  readonly subject: string;
  /** Empty where there is none. */
  readonly message: string;
}

/** Subject and text of a commit with changes; without a template ours. */
export function messageFor(template: string | undefined, changes: readonly GroupedChange[]): Message {
  return template === undefined ? { subject: releaseSubject(changes), message: '' } : renderMessage(template, changes);
}

const PLACEHOLDERS = new RegExp(`\\{\\{(${MESSAGE_PLACEHOLDERS.join('|')})\\}\\}`, 'g');

/** Characters of a subject. */
const LONGEST = 200;

/**
 * Fills in a template. In the first line, the subject, the values of several changes stand side by side; a line of the text that
 * names something of a change is written once for each. Values are only ever put in: nothing in them is a placeholder again.
 */
function renderMessage(template: string, changes: readonly GroupedChange[]): Message {
  const [first = '', ...lines] = template.trimEnd().split(/\r?\n/);
  const summary = releaseSubject(changes);
  const joined = (name: MessagePlaceholder): string => {
    const values = changes.map((change) => textFor(name, change, summary));
    return [...new Set(values)].filter((value) => value !== '').join(', ');
  };
  const subject = fill(first, joined).trim();
  const text = lines.flatMap((line) => {
    if (!/\{\{(?!summary\}\})/.test(line)) return [fill(line, () => summary)];
    return [...new Set(changes.map((change) => fill(line, (name) => textFor(name, change, summary))))];
  });
  return {
    subject: subject === '' ? summary : shorten(subject),
    message: text.map(harmless).join('\n').trim(),
  };
}

function fill(line: string, value: (name: MessagePlaceholder) => string): string {
  return line.replace(PLACEHOLDERS, (_, name: MessagePlaceholder) => value(name));
}

function textFor(name: MessagePlaceholder, change: GroupedChange, summary: string): string {
  if (name === 'summary') return summary;
  if (name === 'image') return change.repository;
  if (name === 'from') return change.from === '' ? '(no tag)' : change.from;
  // A workload that is in no group is a group of its own.
  if (name === 'group') return oneLine(change.group ?? change.workload);
  return oneLine(change[name] ?? '');
}

/** A value must not make a line that reads as a trailer of ours. */
function harmless(line: string): string {
  return /^\s*weaveflux-/i.test(line) ? `- ${line.trimStart()}` : line;
}

function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
