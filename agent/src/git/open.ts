import { Access, type AccessDeps } from './access.ts';
import { createCalls } from './calls.ts';
import { Follower } from './follow.ts';
import { Mirror, mirrorFolder } from './mirror.ts';
import { MirroredRepository } from './mirrored.ts';
import { checkBranch, parseRemote, type Remote } from './remote.ts';
import type { Repository } from './repository.ts';
import { createSigning, type SigningKey } from './signing.ts';
import { createStopwatch, type OnOperation } from './stopwatch.ts';

export type { SecretStore } from './secret.ts';
export type { OnOperation } from './stopwatch.ts';

export interface RepositoryDeps extends AccessDeps {
  readonly onOperation?: OnOperation;
  /** Called before each push; what it throws is thrown in place of pushing. */
  readonly mayPush?: (() => void) | undefined;
}

export interface RepositoryOptions {
  readonly url: string;
  /** Absent = the branch that the remote's HEAD names, at each look. */
  readonly branch?: string | undefined;
  readonly dataDir: string;
  /** Deadline of one call of git, milliseconds; while a transfer makes progress it begins anew. */
  readonly timeout: number;
  readonly user: string;
  readonly email: string;
  readonly setAuthor: boolean;
  /** Absent = commits are not signed. */
  readonly signing?: SigningKey | undefined;
  readonly readonly: boolean;
  readonly https?: { readonly username?: string; readonly password?: string; readonly tokenFile?: string };
  readonly knownHostsFile?: string | undefined;
  /** Where the Secret is mounted, and its key with the ssh key. */
  readonly secretFolder: string;
  readonly secretKey: string;
  /** See `AccessOptions.keyMustLast`. */
  readonly keyMustLast?: string | undefined;
}

/** A repository, and the public half of the key it is read with. */
export interface OpenRepository extends Repository {
  /** One line in OpenSSH's form, making a key where there is none; `undefined` where https or files are used. */
  publicKey(signal: AbortSignal): Promise<string | undefined>;
}

/**
 * Makes ready the mirror below `dataDir` and the credentials. The remote is not called: it may be away when the agent
 * starts. Errors: INVALID_FLAG for a URL or branch that git must not be given, GIT_FAILED where git is missing.
 */
export async function openRepository(options: RepositoryOptions, deps: RepositoryDeps = {}): Promise<OpenRepository> {
  const { username, password, tokenFile } = options.https ?? {};
  const given = { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
  const remote: Remote = { ...parseRemote(options.url), ...given };
  if (options.branch !== undefined) checkBranch(options.branch);
  const { dataDir, timeout, knownHostsFile, secretFolder, secretKey, keyMustLast } = options;
  const access = await Access.open(
    { remote, dataDir, timeout, tokenFile, knownHostsFile, secretFolder, secretKey, keyMustLast },
    deps,
  );
  const runtime = (deps.env ?? process.env).XDG_RUNTIME_DIR;
  const signing = options.signing && createSigning(options.signing, { dataDir, env: access.local, runtime });
  const { url } = remote;
  const mirror = new Mirror(mirrorFolder(dataDir, url), access.local, timeout);
  const follower = new Follower(mirror, url);
  const timed = createStopwatch(deps.onOperation, deps.now);
  const calls = createCalls({ remote, timeout, access, timed, onCorrupt: () => follower.foundCorrupt() });
  await calls.locally(new AbortController().signal, (signal) => mirror.prepare(signal));
  const mayPush = deps.mayPush ?? (() => undefined);
  return new MirroredRepository({ options, url, access, mirror, follower, calls, timed, signing, mayPush });
}
