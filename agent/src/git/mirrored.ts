import { type Commit, WeavefluxError } from '@weaveflux/shared';
import type { Access } from './access.ts';
import { askHead, askRef, type Question } from './ask.ts';
import type { Calls } from './calls.ts';
import type { Follower } from './follow.ts';
import { readLog } from './log.ts';
import type { Mirror } from './mirror.ts';
import type { OpenRepository, RepositoryOptions } from './open.ts';
import { pushArguments, sideArguments } from './push.ts';
import { checkBranch } from './remote.ts';
import type { CommitDetail, CommitRequest, Head, SideTip, SideWish, TreeFile } from './repository.ts';
import { hash, resolveRevision, unknownRevision } from './revision.ts';
import { send } from './send.ts';
import { readTip } from './side.ts';
import type { Signing } from './signing.ts';
import type { Timed } from './stopwatch.ts';
import { listFiles, listLinks, readTexts } from './tree.ts';
import { type Committer, commitTree, writeTree } from './write.ts';

/** What a repository is made of. */
export interface MirroredParts {
  readonly options: RepositoryOptions;
  /** Without credentials. */
  readonly url: string;
  readonly access: Access;
  readonly mirror: Mirror;
  readonly follower: Follower;
  readonly calls: Calls;
  readonly timed: Timed;
  /** Absent = commits are not signed. */
  readonly signing: Signing | undefined;
  /** Called before each push; what it throws is thrown in place of pushing. */
  mayPush(): void;
}

/** One branch of a remote, kept as a mirror. */
export class MirroredRepository implements OpenRepository {
  readonly #parts: MirroredParts;
  #branch: string;

  constructor(parts: MirroredParts) {
    this.#parts = parts;
    this.#branch = parts.options.branch ?? '';
  }

  get url(): string {
    return this.#parts.url;
  }

  get branch(): string {
    return this.#branch;
  }

  look(signal: AbortSignal): Promise<Head> {
    const { access, calls, follower, mirror, options } = this.#parts;
    return calls.exclusively(signal, async (until) => {
      const grant = await access.grant(until);
      const { branch, revision } = await calls.remotely(grant, 'look', () =>
        askHead(this.#question(grant.env), options.branch, until),
      );
      const before = await follower.head(until);
      if (revision === before && branch === this.#branch && !follower.isCorrupt) return { revision, rewritten: false };
      const head = await calls.remotely(grant, 'fetch', () => follower.bring(branch, grant, until));
      const rewritten = before !== undefined && !(await mirror.isAncestor(before, head, until));
      await follower.moveTo(head, until);
      this.#branch = branch;
      if (follower.isTidyDue()) calls.later((closing) => follower.tidy(closing));
      return { revision: head, rewritten };
    });
  }

  files(revision: string, paths: readonly string[], signal: AbortSignal): Promise<TreeFile[]> {
    const { calls, mirror } = this.#parts;
    return calls.locally(signal, (until) => listFiles(mirror.git, hash(revision), paths, until));
  }

  links(revision: string, paths: readonly string[], signal: AbortSignal): Promise<string[]> {
    const { calls, mirror } = this.#parts;
    return calls.locally(signal, (until) => listLinks(mirror.git, hash(revision), paths, until));
  }

  read(blobs: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const { calls, mirror } = this.#parts;
    return calls.locally(signal, (until) => readTexts(mirror.git, blobs.map(hash), until));
  }

  async commit(revision: string, signal: AbortSignal): Promise<Commit> {
    const [found] = await this.history(revision, [], 1, signal);
    if (found === undefined) throw unknownRevision(revision);
    const { subject, author, time } = found;
    return { revision: found.revision, subject, author, time };
  }

  resolve(revision: string, signal: AbortSignal): Promise<string> {
    const { calls, mirror } = this.#parts;
    return resolveRevision(mirror.git, revision, this.#branch, calls.context(), calls.until(signal));
  }

  history(revision: string, paths: readonly string[], limit: number, signal: AbortSignal): Promise<CommitDetail[]> {
    const { calls, mirror } = this.#parts;
    return calls.locally(signal, (until) => readLog(mirror.git, hash(revision), paths, limit, until));
  }

  push(parent: string, request: CommitRequest, signal: AbortSignal): Promise<Commit> {
    const { calls, follower, mirror } = this.#parts;
    return calls.exclusively(signal, async (until) => {
      this.#refuseReadonly();
      if (this.#branch === '') throw new WeavefluxError('INTERNAL', 'A push needs a look at the remote before it.');
      const tree = await writeTree(mirror.git, mirror.folder, hash(parent), request.files, until);
      const revision = await commitTree(mirror.git, tree, parent, request, this.#committer(), until);
      const args = pushArguments(this.url, this.#branch, parent, revision);
      await send(this.#parts, args, this.#branch, revision, until);
      await follower.moveTo(revision, until);
      return this.commit(revision, until);
    });
  }

  sideTip(branch: string, signal: AbortSignal): Promise<SideTip | undefined> {
    const { access, calls, mirror } = this.#parts;
    return calls.exclusively(signal, async (until) => {
      const grant = await access.grant(until);
      const revision = await calls.remotely(grant, 'look', () =>
        askRef(this.#question(grant.env), checkBranch(branch), until),
      );
      if (revision === undefined) return undefined;
      const known = await readTip(mirror.git, revision, until);
      if (known !== undefined) return known;
      const brought = await calls.remotely(grant, 'fetch', () => mirror.fetch(this.url, branch, grant.env, until));
      await mirror.keepSide(brought, until);
      return readTip(mirror.git, brought, until);
    });
  }

  pushSide(branch: string, { base, request, expected }: SideWish, signal: AbortSignal): Promise<string> {
    const { calls, mirror } = this.#parts;
    return calls.exclusively(signal, async (until) => {
      this.#refuseReadonly();
      const tree = await writeTree(mirror.git, mirror.folder, hash(base), request.files, until);
      if (expected?.tree === tree) return expected.revision;
      const revision = await commitTree(mirror.git, tree, base, request, this.#committer(), until);
      const args = sideArguments(this.url, checkBranch(branch), expected?.revision, revision);
      await send(this.#parts, args, branch, revision, until);
      await mirror.keepSide(revision, until);
      return revision;
    });
  }

  removeSide(branch: string, tip: string, signal: AbortSignal): Promise<void> {
    return this.#parts.calls.exclusively(signal, async (until) => {
      this.#refuseReadonly();
      const args = sideArguments(this.url, checkBranch(branch), hash(tip), undefined);
      await send(this.#parts, args, branch, undefined, until);
    });
  }

  publicKey(signal: AbortSignal): Promise<string | undefined> {
    const { access, calls } = this.#parts;
    return access.publicKey(calls.until(signal));
  }

  async close(): Promise<void> {
    const { access, calls, signing } = this.#parts;
    await calls.close();
    await signing?.close();
    await access.close();
  }

  #question(env: Question['env']): Question {
    return { git: this.#parts.mirror.git, url: this.url, env };
  }

  #committer(): Committer {
    const { options, signing } = this.#parts;
    const { user, email, setAuthor } = options;
    return { name: user, email, setAuthor, signing };
  }

  #refuseReadonly(): void {
    if (this.#parts.options.readonly)
      throw new WeavefluxError('READ_ONLY', 'The agent runs with --git-readonly, so nothing is pushed.');
  }
}
