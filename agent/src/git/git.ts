import { GIT_SETTINGS } from './environment.ts';
import { runPlumbing } from './plumbing.ts';
import { MAX_BYTES, runProcess } from './process.ts';

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

/**
 * What goes through simple-git: calls that stay on this machine, need no input, start no other program and print what
 * they found. Everything else is run by `runProcess`:
 * - `ls-remote`, `fetch`, `push`, `gc`, `fsck` start others (ssh, helpers, packers) that must end with them, and
 *   simple-git ends only git itself; a transfer's deadline counts from its last sign of life besides.
 * - `cat-file --batch`, `hash-object`, `update-index`, `commit-tree` read stdin, which simple-git leaves open when what
 *   it should send is empty, so that git waits for ever.
 * - `update-ref`, `read-tree` print nothing, and then simple-git waits 50 ms for words that may still come.
 */
const PLUMBING: ReadonlySet<string> = new Set(['init', 'log', 'ls-tree', 'merge-base', 'rev-parse', 'write-tree']);

/** Git in a folder, with the settings and the environment that every call has. `timeout` in milliseconds. */
export function gitIn(folder: string, env: Readonly<Record<string, string>>, timeout: number): Git {
  return (args, signal, options = {}) => {
    const call = {
      // Named outright, the folder is not searched for and its owner does not matter.
      args: [`--git-dir=${folder}`, ...GIT_SETTINGS, ...args],
      signal,
      timeout,
      maxBytes: MAX_BYTES,
      ...options,
      env: { ...env, ...options.env },
    };
    return PLUMBING.has(args[0] ?? '') ? runPlumbing(call) : runProcess('git', call);
  };
}
