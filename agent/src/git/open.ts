import type { Commit } from '@weaveflux/shared';
import { WeavefluxError } from '@weaveflux/shared';
import { Queue } from '../concurrency/queue.ts';
import { Access, type AccessDeps, type Grant } from './access.ts';
import { type CallContext, gitFailure, isCorrupt } from './failure.ts';
import { readLog } from './log.ts';
import { HEAD_REF, Mirror, mirrorFolder } from './mirror.ts';
import { ProcessFailure } from './process.ts';
import { pushArguments, pushRefusal, sideArguments } from './push.ts';
import { checkBranch, parseRemote, type Remote } from './remote.ts';
import type { CommitDetail, CommitRequest, Head, Repository, SideTip, SideWish, TreeFile } from './repository.ts';
import { askRef, readTip } from './side.ts';
import { createSigning, type Signing, type SigningKey } from './signing.ts';
import { listFiles, listLinks, readTexts } from './tree.ts';
import { type Committer, commitTree, writeTree } from './write.ts';

export type { SecretStore } from './secret.ts';

/** An operation on the remote that has ended, and how long it took in seconds. */
export type OnOperation = (operation: 'look' | 'fetch' | 'push', result: 'ok' | 'failed', seconds: number) => void;

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

const TIDY_TIMEOUT = 10 * 60_000;

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
  const mirror = new Mirror(mirrorFolder(dataDir, remote.url), access.local, timeout);
  const repository = new MirroredRepository(options, remote, access, mirror, stopwatch(deps), deps.mayPush, signing);
  await repository.prepare();
  return repository;
}

class MirroredRepository implements OpenRepository {
  readonly #options: RepositoryOptions;
  readonly #remote: Remote;
  readonly #access: Access;
  readonly #mirror: Mirror;
  readonly #timed: Timed;
  readonly #mayPush: () => void;
  readonly #signing: Signing | undefined;
  readonly #queue = new Queue();
  readonly #closing = new AbortController();
  #branch: string;
  /** The mirror on disk is damaged: the next look makes it anew. */
  #corrupt = false;
  #fetches = 0;
  #last: string | undefined;

  constructor(
    options: RepositoryOptions,
    remote: Remote,
    access: Access,
    mirror: Mirror,
    timed: Timed,
    mayPush: () => void = () => {},
    signing: Signing | undefined = undefined,
  ) {
    this.#options = options;
    this.#remote = remote;
    this.#access = access;
    this.#mirror = mirror;
    this.#timed = timed;
    this.#mayPush = mayPush;
    this.#signing = signing;
    this.#branch = options.branch ?? '';
  }

  get url(): string {
    return this.#remote.url;
  }

  get branch(): string {
    return this.#branch;
  }

  async prepare(): Promise<void> {
    await this.#locally(this.#closing.signal, (signal) => this.#mirror.prepare(signal));
  }

  look(signal: AbortSignal): Promise<Head> {
    return this.#exclusively(signal, async (until) => {
      const grant = await this.#access.grant(until);
      const { branch, revision } = await this.#remotely(grant, () =>
        this.#timed('look', () => this.#askHead(grant, until)),
      );
      const before = await this.#head(until);
      if (revision === before && branch === this.#branch && !this.#corrupt) return { revision, rewritten: false };
      const head = await this.#remotely(grant, () => this.#timed('fetch', () => this.#bring(branch, grant, until)));
      const rewritten = before !== undefined && !(await this.#mirror.isAncestor(before, head, until));
      await this.#mirror.moveTo(head, until);
      this.#branch = branch;
      this.#last = head;
      if (++this.#fetches % 50 === 1) this.#tidyLater();
      return { revision: head, rewritten };
    });
  }

  files(revision: string, paths: readonly string[], signal: AbortSignal): Promise<TreeFile[]> {
    return this.#locally(signal, (until) => listFiles(this.#mirror.git, hash(revision), paths, until));
  }

  links(revision: string, paths: readonly string[], signal: AbortSignal): Promise<string[]> {
    return this.#locally(signal, (until) => listLinks(this.#mirror.git, hash(revision), paths, until));
  }

  read(blobs: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    return this.#locally(signal, (until) => readTexts(this.#mirror.git, blobs.map(hash), until));
  }

  async commit(revision: string, signal: AbortSignal): Promise<Commit> {
    const [found] = await this.history(revision, [], 1, signal);
    if (found === undefined) throw unknownRevision(revision);
    const { subject, author, time } = found;
    return { revision: found.revision, subject, author, time };
  }

  async resolve(revision: string, signal: AbortSignal): Promise<string> {
    const [, start = '', back = ''] = /^(.*?)((?:~\d*)*)$/s.exec(revision) ?? [];
    const name = `${start === this.#branch || start === 'HEAD' ? HEAD_REF : start}${back}`;
    if (name === '' || /^-|\.\.|[\p{Cc} :^{}]/u.test(name)) throw unknownRevision(revision);
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
    try {
      const out = await this.#mirror.git(args, this.#until(signal));
      return out.toString('latin1').trim().split('\n').at(-1) ?? '';
    } catch (error) {
      if (error instanceof ProcessFailure && error.reason === 'exit') throw unknownRevision(revision);
      throw gitFailure(error, this.#context());
    }
  }

  history(revision: string, paths: readonly string[], limit: number, signal: AbortSignal): Promise<CommitDetail[]> {
    return this.#locally(signal, (until) => readLog(this.#mirror.git, hash(revision), paths, limit, until));
  }

  push(parent: string, request: CommitRequest, signal: AbortSignal): Promise<Commit> {
    return this.#exclusively(signal, async (until) => {
      this.#refuseReadonly();
      if (this.#branch === '') throw new WeavefluxError('INTERNAL', 'A push needs a look at the remote before it.');
      const { git, folder } = this.#mirror;
      const tree = await writeTree(git, folder, hash(parent), request.files, until);
      const revision = await commitTree(git, tree, parent, request, this.#committer(), until);
      await this.#send(pushArguments(this.url, this.#branch, parent, revision), this.#branch, revision, until);
      await this.#mirror.moveTo(revision, until);
      this.#last = revision;
      return this.commit(revision, until);
    });
  }

  sideTip(branch: string, signal: AbortSignal): Promise<SideTip | undefined> {
    return this.#exclusively(signal, async (until) => {
      const grant = await this.#access.grant(until);
      const { git } = this.#mirror;
      const revision = await this.#remotely(grant, () =>
        this.#timed('look', () => askRef(git, this.url, checkBranch(branch), grant.env, until)),
      );
      if (revision === undefined) return undefined;
      const known = await readTip(git, revision, until);
      if (known !== undefined) return known;
      const brought = await this.#remotely(grant, () =>
        this.#timed('fetch', () => this.#mirror.fetch(this.url, branch, grant.env, until)),
      );
      await this.#mirror.keepSide(brought, until);
      return readTip(git, brought, until);
    });
  }

  pushSide(branch: string, { base, request, expected }: SideWish, signal: AbortSignal): Promise<string> {
    return this.#exclusively(signal, async (until) => {
      this.#refuseReadonly();
      const { git, folder } = this.#mirror;
      const tree = await writeTree(git, folder, hash(base), request.files, until);
      if (expected?.tree === tree) return expected.revision;
      const revision = await commitTree(git, tree, base, request, this.#committer(), until);
      await this.#send(
        sideArguments(this.url, checkBranch(branch), expected?.revision, revision),
        branch,
        revision,
        until,
      );
      await this.#mirror.keepSide(revision, until);
      return revision;
    });
  }

  removeSide(branch: string, tip: string, signal: AbortSignal): Promise<void> {
    return this.#exclusively(signal, async (until) => {
      this.#refuseReadonly();
      await this.#send(sideArguments(this.url, checkBranch(branch), hash(tip), undefined), branch, undefined, until);
    });
  }

  publicKey(signal: AbortSignal): Promise<string | undefined> {
    return this.#access.publicKey(this.#until(signal));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#queue.idle();
    await this.#signing?.close();
    await this.#access.close();
  }

  #committer(): Committer {
    const { user, email, setAuthor } = this.#options;
    return { name: user, email, setAuthor, signing: this.#signing };
  }

  /** Which branch, and where it is now. */
  async #askHead(grant: Grant, signal: AbortSignal): Promise<{ branch: string; revision: string }> {
    const wanted = this.#options.branch;
    const ref = wanted === undefined ? 'HEAD' : `refs/heads/${wanted}`;
    const args = ['ls-remote', '--symref', '--end-of-options', this.url, ref];
    const out = await this.#mirror.git(args, signal, { env: grant.env });
    const lines = out
      .toString('utf8')
      .split('\n')
      .map((line) => line.split('\t'));
    const revision = lines.find(([id, name]) => name === ref && !id?.startsWith('ref:'))?.[0];
    const named = lines.find(([id, name]) => name === ref && id?.startsWith('ref: refs/heads/'))?.[0];
    const branch = wanted ?? named?.slice('ref: refs/heads/'.length);
    if (revision !== undefined && branch !== undefined) return { branch: checkBranch(branch), revision };
    throw new WeavefluxError(
      'NOT_FOUND',
      wanted === undefined
        ? `${this.url} has no commit on its default branch yet; push one, or name a branch by --git-branch.`
        : `${this.url} has no branch ${JSON.stringify(wanted)}; push it, or correct --git-branch.`,
    );
  }

  /** The mirror's head; of a damaged mirror the last that was known, so that rewritten history is noticed. */
  async #head(signal: AbortSignal): Promise<string | undefined> {
    try {
      return (await this.#mirror.head(signal)) ?? this.#last;
    } catch (error) {
      if (!(error instanceof ProcessFailure) || error.reason !== 'exit') throw error;
      this.#corrupt = true;
      return this.#last;
    }
  }

  async #bring(branch: string, grant: Grant, signal: AbortSignal): Promise<string> {
    if (this.#corrupt) this.#corrupt = !(await this.#mirror.isSound(signal, TIDY_TIMEOUT));
    if (!this.#corrupt) {
      try {
        return await this.#mirror.fetch(this.url, branch, grant.env, signal);
      } catch (error) {
        // The server's own troubles read like ours: what we have is thrown away only when it is known to be damaged.
        if (!isCorrupt(error) || (await this.#mirror.isSound(signal, TIDY_TIMEOUT))) throw error;
      }
    }
    await this.#mirror.renew(signal);
    const head = await this.#mirror.fetch(this.url, branch, grant.env, signal);
    this.#corrupt = false;
    return head;
  }

  #refuseReadonly(): void {
    if (this.#options.readonly)
      throw new WeavefluxError('READ_ONLY', 'The agent runs with --git-readonly, so nothing is pushed.');
  }

  /** Pushes, so that the branch is at this revision, or is gone. */
  async #send(
    args: readonly string[],
    branch: string,
    revision: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const grant = await this.#access.grant(signal);
    this.#mayPush();
    await this.#timed('push', async () => {
      try {
        await this.#mirror.git(args, signal, { env: grant.env, patient: true });
      } catch (error) {
        if (!(error instanceof ProcessFailure)) throw error;
        const refusal = pushRefusal(error, branch, this.#context(grant));
        if (refusal !== undefined) throw refusal;
        const failure = this.#failed(error, grant);
        // The line may have broken after the server took the push: what it has now tells.
        const arrived = failure.code === 'GIT_UNREACHABLE' || failure.code === 'GIT_FAILED';
        if (arrived && (await this.#isRemote(branch, revision, grant, signal))) return;
        throw failure;
      }
    });
  }

  async #isRemote(branch: string, revision: string | undefined, grant: Grant, signal: AbortSignal): Promise<boolean> {
    return askRef(this.#mirror.git, this.url, branch, grant.env, signal).then(
      (found) => found === revision,
      () => false,
    );
  }

  #tidyLater(): void {
    this.#queue.run(() => this.#mirror.tidy(this.#closing.signal, TIDY_TIMEOUT)).catch(() => undefined);
  }

  #exclusively<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const until = this.#until(signal);
    return this.#queue.run(() => this.#locally(until, work));
  }

  /** Calls that stay on this machine: their failures as ours, and a damaged mirror is remembered. */
  async #locally<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await work(this.#until(signal));
    } catch (error) {
      if (isCorrupt(error) || (error instanceof WeavefluxError && /^The mirror lacks/.test(error.message)))
        this.#corrupt = true;
      throw gitFailure(error, { ...this.#context(), kind: 'file' });
    }
  }

  async #remotely<T>(grant: Grant, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#failed(error, grant);
    }
  }

  #failed(error: unknown, grant: Grant): WeavefluxError {
    const failure = gitFailure(error, this.#context(grant));
    if (failure.code === 'GIT_AUTH' || failure.code === 'GIT_HOST_KEY') this.#access.refused();
    return failure;
  }

  #until(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#closing.signal]);
  }

  #context(grant?: Grant): CallContext {
    const { kind, host, url } = this.#remote;
    return { url, kind, host, timeout: this.#options.timeout, secrets: grant?.secrets ?? [] };
  }
}

type Timed = <T>(operation: Parameters<OnOperation>[0], work: () => Promise<T>) => Promise<T>;

/** Tells the listener of each operation when it has ended. */
function stopwatch({ onOperation = () => undefined, now = Date.now }: RepositoryDeps): Timed {
  return async (operation, work) => {
    const started = now();
    const seconds = () => (now() - started) / 1000;
    try {
      const result = await work();
      onOperation(operation, 'ok', seconds());
      return result;
    } catch (error) {
      onOperation(operation, 'failed', seconds());
      throw error;
    }
  };
}

function hash(text: string): string {
  if (/^[0-9a-f]{40,64}$/.test(text)) return text;
  throw new WeavefluxError('NOT_FOUND', `${JSON.stringify(text.slice(0, 80))} is no full revision.`);
}

function unknownRevision(revision: string): WeavefluxError {
  return new WeavefluxError('NOT_FOUND', `The repository has no revision ${JSON.stringify(revision.slice(0, 80))}.`);
}
