import { releaseSubject, WeavefluxError } from '@weaveflux/shared';

/** One image change as a commit tells it. */
export interface ChangeTrailer {
  /** `namespace:kind/name`. */
  readonly workload: string;
  readonly container: string;
  /** Canonical name of the image repository. */
  readonly repository: string;
  /** Tags; `NO_TAG` = none was written. */
  readonly from: string;
  readonly to: string;
  /** As written; absent where a person chose. */
  readonly policy?: string;
}

/** Why the agent went back from what it had released to a workload. */
export interface FailureTrailer {
  /** `namespace:kind/name`. */
  readonly workload: string;
  /** One line: what its health said. */
  readonly reason: string;
}

/** What a commit of ours says of itself. */
export interface CommitTrailers {
  readonly changes: readonly ChangeTrailer[];
  readonly requestedBy?: string;
  /** Who approved those of the changes that a policy chose. */
  readonly approvedBy?: string;
  readonly rollback: boolean;
  /** Workloads that were healthy with what the commit replaced, so that the agent may go back to it; absent = none. */
  readonly healthyBefore?: readonly string[];
  /** Workloads that the agent went back with by itself; absent = none. */
  readonly failures?: readonly FailureTrailer[];
  /** The branch that the commit was made for, where it is a proposal; absent = the environment's own. */
  readonly proposal?: string;
}

/** Who asks, as they name themselves. */
interface Person {
  readonly name: string;
  readonly email?: string | undefined;
}

/** What to say in a commit. */
export interface MessageRequest {
  /** Overrides the subject that the changes make, for commits that change policies only. */
  readonly subject?: string;
  readonly changes: readonly ChangeTrailer[];
  /** What a person wrote. */
  readonly message?: string;
  /** `[ci skip]` or the like. */
  readonly skip?: string;
  readonly requestedBy?: Person;
  /** Who approves those of the changes that a policy chose. */
  readonly approvedBy?: Person;
  /** A person goes back. */
  readonly rollback?: boolean;
  readonly healthyBefore?: readonly string[];
  /** The agent goes back by itself. */
  readonly failures?: readonly FailureTrailer[];
  /** The branch that a proposal is made for. */
  readonly proposal?: string;
}

/** Stands in a trailer where the file had no tag. */
export const NO_TAG = '-';

const CHANGE = 'Weaveflux-Change';
const REQUESTED_BY = 'Weaveflux-Requested-By';
const APPROVED_BY = 'Weaveflux-Approved-By';
const ROLLBACK = 'Weaveflux-Rollback';
const PROPOSAL = 'Weaveflux-Proposal';
const HEALTHY_BEFORE = 'Weaveflux-Healthy-Before';

/**
 * The whole message of a commit: subject, what the person wrote, the skip text, and the trailers as last paragraph.
 * INVALID_REQUEST where the person's text has a line that would read as one of our trailers.
 */
export function formatMessage(request: MessageRequest): string {
  const body = cleanText(request.message ?? '');
  if (body.split('\n').some((line) => /^\s*weaveflux-/i.test(line))) {
    throw new WeavefluxError(
      'INVALID_REQUEST',
      'The message has a line that begins with "Weaveflux-"; begin it with another word.',
    );
  }
  const subject = cleanLine(request.subject ?? releaseSubject(request.changes));
  const paragraphs = [subject, body, cleanLine(request.skip ?? ''), trailersOf(request).join('\n')];
  return `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`;
}

/** What our trailers in a commit's message say: only those of its last paragraph, and only if it has nothing else. */
export function readTrailers(message: string): CommitTrailers {
  const paragraphs = message
    .replaceAll('\r\n', '\n')
    .trimEnd()
    .split(/\n[ \t]*\n/);
  // The first paragraph is the subject, whatever it looks like.
  const last = paragraphs.length < 2 ? '' : (paragraphs.at(-1) ?? '');
  const lines = last.split('\n').map((line) => /^([A-Za-z0-9-]+): ?(.*)$/.exec(line));
  if (lines.some((line) => line === null)) return { changes: [], rollback: false };
  const values = (name: string): string[] =>
    lines.flatMap((line) => (line?.[1] === name ? [(line[2] ?? '').trim()] : []));
  const [requestedBy] = values(REQUESTED_BY);
  const [approvedBy] = values(APPROVED_BY);
  const [proposal] = values(PROPOSAL);
  const healthyBefore = values(HEALTHY_BEFORE);
  const failures = values(ROLLBACK).flatMap((value) => readFailure(value) ?? []);
  return {
    changes: values(CHANGE).flatMap((value) => readChange(value) ?? []),
    ...(requestedBy === undefined ? {} : { requestedBy }),
    ...(approvedBy === undefined ? {} : { approvedBy }),
    rollback: values(ROLLBACK).length > 0,
    ...(healthyBefore.length === 0 ? {} : { healthyBefore }),
    ...(failures.length === 0 ? {} : { failures }),
    ...(proposal === undefined ? {} : { proposal }),
  };
}

function trailersOf(request: MessageRequest): string[] {
  const { changes, requestedBy, approvedBy, rollback, healthyBefore = [], failures = [], proposal } = request;
  return [
    ...new Set(changes.map(formatChange)),
    ...new Set(healthyBefore.map((workload) => `${HEALTHY_BEFORE}: ${cleanLine(workload)}`)),
    ...(requestedBy === undefined ? [] : [`${REQUESTED_BY}: ${person(requestedBy)}`]),
    ...(approvedBy === undefined ? [] : [`${APPROVED_BY}: ${person(approvedBy)}`]),
    ...(rollback === true ? [`${ROLLBACK}: true`] : []),
    ...failures.map(({ workload, reason }) => `${ROLLBACK}: ${cleanLine(`${workload} ${reason}`)}`),
    ...(proposal === undefined ? [] : [`${PROPOSAL}: ${cleanLine(proposal)}`]),
  ];
}

function formatChange({ workload, container, repository, from, to, policy }: ChangeTrailer): string {
  const words = [workload, container, repository, from === '' ? NO_TAG : from, '->', to].map(cleanLine).join(' ');
  return `${CHANGE}: ${words}${policy === undefined ? '' : ` (${cleanLine(policy)})`}`;
}

function readChange(value: string): ChangeTrailer | undefined {
  const match = /^(\S+) (\S+) (\S+) (\S+) -> (\S+)(?: \((.*)\))?$/.exec(value);
  if (match === null) return undefined;
  const [, workload = '', container = '', repository = '', from = '', to = '', policy] = match;
  return { workload, container, repository, from, to, ...(policy === undefined ? {} : { policy }) };
}

/** A person's rollback says `true`, which names no workload. */
function readFailure(value: string): FailureTrailer | undefined {
  const match = /^(\S+) (.+)$/.exec(value);
  return match === null ? undefined : { workload: match[1] ?? '', reason: match[2] ?? '' };
}

function person({ name, email }: Person): string {
  const clean = cleanLine(name).replace(/[<>]/g, '');
  return email === undefined || email === '' ? clean : `${clean} <${cleanLine(email).replace(/[<>\s]/g, '')}>`;
}

/** One line without control characters, nor those that turn or hide text. */
function cleanLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** Many lines, each clean at its end; a blank line at most between two. */
function cleanText(text: string): string {
  return text
    .replace(/\r\n?|\p{Zl}|\p{Zp}/gu, '\n')
    .split('\n')
    .map((line) => line.replace(/[^\S ]|[\p{Cc}\p{Cf}]/gu, ' ').trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\n+$/g, '');
}
