import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ControlPlane,
  type Files,
  type GitRepository,
  type HttpsGit,
  startControlPlane,
  startHttpsGit,
  temporaryDirectory,
  type Workspace,
} from '../rig/index.ts';
import { type AgentProcess, type Flags, startAgent } from '../support/agent-process.ts';
import { type AuditLog, auditFlags, createAuditLog } from './audit-log.ts';
import { BUNDLE, IMAGE_ENV, shippedFlags } from './shipped.ts';

/** A control plane without controllers, a Git server, and bundled agents. */
export interface Stage extends AsyncDisposable {
  readonly cluster: ControlPlane;
  readonly git: HttpsGit;
  /** What the API server was asked; only where the stage was started with `audit`. */
  readonly audit: AuditLog;
  /** A repository of its own with these files, and an agent that has delivered them and looks only when told. */
  follow(files: Files, flags?: Flags): Promise<Following>;
}

export interface Following extends AsyncDisposable {
  readonly agent: AgentProcess;
  readonly repository: GitRepository;
  readonly person: Workspace;
}

export interface StageOptions {
  readonly audit?: boolean;
  /** Where agents write CPU profiles. */
  readonly profile?: string | undefined;
  /** Of agents, beside where they find Git's certificate authority. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node for agents. */
  readonly node?: readonly string[];
}

export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const dir = temporaryDirectory('bench');
  const apiServerFlags = options.audit ? await auditFlags(dir) : [];
  const [cluster, git] = await Promise.all([
    startControlPlane({ controllers: false, apiServerFlags }),
    startHttpsGit(),
  ]);
  const audit = createAuditLog(dir);
  let count = 0;

  async function follow(files: Files, flags: Flags = {}): Promise<Following> {
    count += 1;
    const repository = await git.createRepository(`environment-${count}`, files);
    const person = await git.checkout(repository);
    const agent = await startAgent(
      {
        environment: 'bench',
        'git-url': repository.url.replace('https://', `https://${git.user}:${git.token}@`),
        'git-poll-interval': '10m',
        'sync-interval': '1h',
        // The registry that the manifests name is not there.
        'unautomated-scan-interval': '0s',
        kubeconfig: cluster.kubeconfig,
        'agent-namespace': 'default',
        'sync-garbage-collection': 'true',
        listen: '127.0.0.1:0',
        'listen-metrics': '127.0.0.1:0',
        'ssh-known-hosts': join(dir, 'known_hosts'),
        'data-dir': join(dir, `data-${count}`),
        ...flags,
      },
      join(dir, `agent-${count}.json`),
      { GIT_SSL_CAINFO: git.caFile, ...IMAGE_ENV, ...options.env },
      undefined,
      [...shippedFlags(), ...(options.node ?? []), ...(await profiling(options.profile)), BUNDLE],
    );
    const head = await repository.head();
    // Without controllers a Deployment is never rolled out, so not all is ever healthy.
    await agent.until('the first revision to be applied', ({ sync }) => sync.appliedRevision === head, 120_000);
    return { agent, repository, person, [Symbol.asyncDispose]: () => agent.stop() };
  }

  return {
    cluster,
    git,
    audit,
    follow,
    async [Symbol.asyncDispose]() {
      await Promise.all([cluster.stop(), git.stop()]);
    },
  };
}

async function profiling(folder: string | undefined): Promise<string[]> {
  if (folder === undefined) return [];
  await mkdir(folder, { recursive: true });
  return ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

/** Writes files, commits and pushes; nobody is told yet. */
export async function push({ person }: Following, files: Files, message: string): Promise<string> {
  await person.write(files);
  return person.commitAndPush(message);
}

/** What it took an agent to deliver a revision. */
export interface Delivered {
  /** From the notification to "applied", by the wall clock. */
  readonly wall: number;
  /** From when the agent saw the new head to "applied". */
  readonly sinceSeen: number;
  readonly message: string;
}

/** Tells the agent that there is something to look at, and waits until it says that the revision is applied. */
export async function notifyAndWait({ agent }: Following, revision: string, deadline = 120_000): Promise<Delivered> {
  const after = agent.events.length;
  const began = Date.now();
  const asked = agent.api.sync({});
  const [applied] = await Promise.all([
    agent.event(`${revision} applied`, (event) => event.type === 'sync-applied' && event.revision === revision, {
      after,
      deadline,
    }),
    asked,
  ]);
  const seen = agent.events.find((event) => event.type === 'revision-fetched' && event.revision === revision);
  const end = Date.parse(applied.time);
  return { wall: end - began, sinceSeen: end - Date.parse(seen?.time ?? ''), message: applied.message };
}

export async function writeText(path: string, text: string): Promise<string> {
  await writeFile(path, text);
  return path;
}
