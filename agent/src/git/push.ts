import { WeavefluxError } from '@weaveflux/shared';
import { oneLine, QUOTED } from '../text/one-line.ts';
import { redact } from '../text/redact.ts';
import type { ProcessFailure } from './process.ts';

/** The arguments that push one commit to a branch. */
export function pushArguments(url: string, branch: string, parent: string, revision: string): string[] {
  const ref = `refs/heads/${branch}`;
  // Not a force: the commit stands on `parent`, so it can only move the branch forward. The lease says besides that the
  // branch must be exactly there: a plain push would bring back commits that somebody has just taken away.
  const lease = `--force-with-lease=${ref}:${parent}`;
  return [
    'push',
    '--porcelain',
    '--no-verify',
    '--no-follow-tags',
    lease,
    '--end-of-options',
    url,
    `${revision}:${ref}`,
  ];
}

/** The arguments that put a branch of our own where it shall be, or remove it; `expected` is where it must be now. */
export function sideArguments(
  url: string,
  branch: string,
  expected: string | undefined,
  revision: string | undefined,
): string[] {
  const ref = `refs/heads/${branch}`;
  // An empty expectation means that there must be no such branch.
  const lease = `--force-with-lease=${ref}:${expected ?? ''}`;
  const flags = ['--porcelain', '--no-verify', '--no-follow-tags', lease];
  return ['push', ...flags, '--end-of-options', url, `${revision ?? ''}:${ref}`];
}

const LOST =
  /\[rejected\]|fetch first|non-fast-forward|stale info|cannot lock ref|failed to update ref|incorrect old value|reference already exists|remote ref changed|expected .* but/i;
const RULES = /protected branch|hook declined|GH\d{3}|not allowed|prohibited|policy|TF40\d+/i;

/** Why a server refused a push that it answered; `undefined` where the failure is another one. */
export function pushRefusal(
  failure: ProcessFailure,
  branch: string,
  context: { url: string; secrets: readonly string[] },
): WeavefluxError | undefined {
  const verdict = failure.stdout.split('\n').find((line) => line.startsWith('!\t'));
  if (verdict === undefined) return undefined;
  const said = oneLine(redact(/(\[.*)$/.exec(verdict)?.[1] ?? '', context.secrets), QUOTED);
  if (LOST.test(verdict) && !RULES.test(verdict))
    return new WeavefluxError(
      'PUSH_LOST',
      `Another push to ${branch} of ${context.url} was first; the change is computed anew.`,
    );
  const why = oneLine(redact(remoteWords(failure.stderr), context.secrets), QUOTED);
  return new WeavefluxError(
    'GIT_FAILED',
    `${context.url} refused the push to ${branch} ${said}${why === '' ? '' : `: ${why}`}; let the agent's key or token push to that branch, or run with --git-readonly.`,
  );
}

/** What the server's hooks said, as git passes it on. */
function remoteWords(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.startsWith('remote:'));
  return lines.map((line) => line.slice('remote:'.length).trim()).join(' ');
}
