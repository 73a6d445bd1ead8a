import * as l10n from '@vscode/l10n';
import { type ErrorCode, WeavefluxError } from '@weaveflux/shared/errors';

/** Codes of the Git extension, and what we call them. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  AuthenticationFailed: 'GIT_AUTH',
  PermissionDenied: 'GIT_AUTH',
  RemoteConnectionError: 'GIT_UNREACHABLE',
  CantAccessRemote: 'GIT_UNREACHABLE',
  PushRejected: 'PUSH_LOST',
  BranchFastForwardRejected: 'PUSH_LOST',
};

/** Runs something of the Git extension; what fails becomes a WeavefluxError that says what git said. */
export async function byGit<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw gitError(what, error);
  }
}

function gitError(what: string, cause: unknown): WeavefluxError {
  if (cause instanceof WeavefluxError) return cause;
  const { stderr, message, gitErrorCode } = Object(cause);
  const said = sayGit(typeof stderr === 'string' && stderr.trim() !== '' ? stderr : String(message ?? cause));
  return new WeavefluxError(
    CODES[String(gitErrorCode)] ?? 'GIT_FAILED',
    l10n.t('git could not {0}: {1}.', what, said),
    { cause },
  );
}

/** The line that says why, without what could be a login in an address. */
function sayGit(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const line = lines.find((each) => /^(fatal|error|remote: error|remote: fatal|\s*!)/.test(each)) ?? lines[0] ?? '';
  return line
    .replace(/^(?:remote: )?(?:fatal|error): /, '')
    .replace(/\/\/[^/@\s]+@/g, '//')
    .trim()
    .slice(0, 300)
    .replace(/\.$/, '');
}
