import { GIT_SETTINGS } from './environment.ts';
import { runProcess } from './process.ts';

/** How one call of git differs from the ordinary. */
export interface GitOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  readonly timeout?: number;
  readonly patient?: boolean;
  readonly maxBytes?: number;
}

/** Runs git in one bare repository. Rejections are `ProcessFailure`s, still with git's own words. */
export type Git = (args: readonly string[], signal: AbortSignal, options?: GitOptions) => Promise<Buffer>;

/** Git in a folder, with the settings and the environment that every call has. `timeout` in milliseconds. */
export function gitIn(folder: string, env: Readonly<Record<string, string>>, timeout: number): Git {
  return (args, signal, options = {}) =>
    runProcess('git', {
      // Named outright, the folder is not searched for and its owner does not matter.
      args: [`--git-dir=${folder}`, ...GIT_SETTINGS, ...args],
      signal,
      timeout,
      ...options,
      env: { ...env, ...options.env },
    });
}
