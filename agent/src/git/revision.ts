import { WeavefluxError } from '@weaveflux/shared';
import { type CallContext, gitFailure } from './failure.ts';
import type { Git } from './git.ts';
import { HEAD_REF } from './mirror.ts';
import { ProcessFailure } from './process.ts';

/** A full object id, which git must be given nothing else for. Errors: NOT_FOUND where it is none. */
export function hash(text: string): string {
  if (/^[0-9a-f]{40,64}$/.test(text)) return text;
  throw new WeavefluxError('NOT_FOUND', `${JSON.stringify(text.slice(0, 80))} is no full revision.`);
}

/** The full id of what a person named: a part of an id, the followed branch or HEAD, each with `~2` behind it. Errors: NOT_FOUND. */
export async function resolveRevision(
  git: Git,
  revision: string,
  branch: string,
  context: CallContext,
  signal: AbortSignal,
): Promise<string> {
  const [, start = '', back = ''] = /^(.*?)((?:~\d*)*)$/s.exec(revision) ?? [];
  const name = `${start === branch || start === 'HEAD' ? HEAD_REF : start}${back}`;
  if (name === '' || /^-|\.\.|[\p{Cc} :^{}]/u.test(name)) throw unknownRevision(revision);
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  try {
    const out = await git(args, signal);
    return out.toString('latin1').trim().split('\n').at(-1) ?? '';
  } catch (error) {
    if (error instanceof ProcessFailure && error.reason === 'exit') throw unknownRevision(revision);
    throw gitFailure(error, context);
  }
}

export function unknownRevision(revision: string): WeavefluxError {
  return new WeavefluxError('NOT_FOUND', `The repository has no revision ${JSON.stringify(revision.slice(0, 80))}.`);
}
