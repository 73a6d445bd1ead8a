import type { Access } from './access.ts';
import { askRef } from './ask.ts';
import type { Calls } from './calls.ts';
import type { Mirror } from './mirror.ts';
import { ProcessFailure } from './process.ts';
import { pushRefusal } from './push.ts';
import type { Timed } from './stopwatch.ts';

/** What pushing needs. */
export interface SendParts {
  readonly url: string;
  readonly access: Access;
  readonly mirror: Mirror;
  readonly calls: Calls;
  readonly timed: Timed;
  /** Called before each push; what it throws is thrown in place of pushing. */
  mayPush(): void;
}

/**
 * Pushes by these arguments, so that a branch is at this revision, or is gone. Errors: PUSH_LOST where another push was first,
 * and those of a call to the remote.
 */
export async function send(
  { url, access, mirror, calls, timed, mayPush }: SendParts,
  args: readonly string[],
  branch: string,
  revision: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const grant = await access.grant(signal);
  const { env } = grant;
  mayPush();
  await timed('push', async () => {
    try {
      await mirror.git(args, signal, { env, patient: true });
    } catch (error) {
      if (!(error instanceof ProcessFailure)) throw error;
      const refusal = pushRefusal(error, branch, calls.context(grant));
      if (refusal !== undefined) throw refusal;
      const failure = calls.failed(error, grant);
      // The line may have broken after the server took the push: what it has now tells.
      const arrived = failure.code === 'GIT_UNREACHABLE' || failure.code === 'GIT_FAILED';
      if (arrived && (await isAt())) return;
      throw failure;
    }
  });

  function isAt(): Promise<boolean> {
    return askRef({ git: mirror.git, url, env }, branch, signal).then(
      (found) => found === revision,
      () => false,
    );
  }
}
