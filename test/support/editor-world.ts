import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { agentFileDirectory, agentFilePath } from '@weaveflux/shared/node';
import {
  type Author,
  type ControlPlane,
  type Files,
  type GitRepository,
  type HttpsGit,
  type RigRegistry,
  startControlPlane,
  startForwardProxy,
  startHttpsGit,
  startRegistry,
  temporaryDirectory,
  type Workspace,
} from '../rig/index.ts';
import { type AgentProcess, type Flags, startAgent } from './agent-process.ts';

/** The registry as files name it: a name that people know, led to the rig's by the proxy of the agents. */
const IMAGES = 'ghcr.io';

/** Who sits at the editor. */
export const PERSON = { name: 'Ann Example', email: 'ann@example.org' } as const;

/** One environment as a person has it open: a working copy on their machine, and an agent that keeps it. */
export interface EditorEnvironment {
  readonly name: string;
  readonly repository: GitRepository;
  /** The person's working copy; the folder's name is the environment's. */
  readonly person: Workspace;
  /** The one that runs now. */
  readonly agent: AgentProcess;
  /** Starts an agent again, as a restart of its pod does; the one before must have ended. */
  restartAgent(): Promise<AgentProcess>;
}

/** What a workbench needs around it: cluster, registry, Git server, and the places where a person's tools look. */
export interface EditorWorld extends AsyncDisposable {
  readonly cluster: ControlPlane;
  /** Its `host` is what images begin with. */
  readonly registry: RigRegistry;
  readonly git: HttpsGit;
  /** Of the workbench: HOME, state folder, certificates. */
  readonly env: Readonly<Record<string, string>>;
  /** Creates the repository and starts its agent; resolves when it is applied and healthy. */
  environment(name: string, files: Files, flags?: Flags): Promise<EditorEnvironment>;
}

/** Starts cluster, registry and Git server. */
export async function startEditorWorld(): Promise<EditorWorld> {
  const dir = temporaryDirectory('editor');
  const home = join(dir, 'home');
  await mkdir(home);
  const env = { HOME: home, XDG_STATE_HOME: join(dir, 'state'), KUBECONFIG: join(dir, 'none') };
  const [cluster, registry, git] = await Promise.all([
    startControlPlane(),
    startRegistry({ users: {}, names: [IMAGES] }),
    startHttpsGit(),
  ]);
  const proxy = await startForwardProxy({ [`${IMAGES}:443`]: Number(registry.host.split(':')[1]) });
  const agentEnv = {
    GIT_SSL_CAINFO: git.caFile,
    SSL_CERT_FILE: registry.caFile,
    HTTPS_PROXY: proxy.url,
    NO_PROXY: '127.0.0.1,localhost',
  };
  const environments: EditorEnvironment[] = [];

  async function environment(name: string, files: Files, flags: Flags = {}): Promise<EditorEnvironment> {
    const repository = await git.createRepository(name, files);
    const person = await git.checkout(repository);
    await actAsPerson(person, repository);
    const all: Flags = {
      'git-url': repository.url.replace('https://', `https://${git.user}:${git.token}@`),
      'git-poll-interval': '500ms',
      'automation-interval': '1s',
      environment: name,
      kubeconfig: cluster.kubeconfig,
      'sync-garbage-collection': 'true',
      'data-dir': join(dir, `data-${name}`),
      listen: '127.0.0.1:0',
      'listen-metrics': '127.0.0.1:0',
      'ssh-known-hosts': join(dir, 'known_hosts'),
      ...flags,
    };
    const file = agentFilePath(agentFileDirectory(env), name);
    const start = () => startAgent(all, file, agentEnv);
    let agent = await start();
    const started: EditorEnvironment = {
      name,
      repository,
      person,
      get agent() {
        return agent;
      },
      async restartAgent() {
        agent = await start();
        return agent;
      },
    };
    environments.push(started);
    await agent.healthy(await repository.head(), 120_000);
    return started;
  }

  return {
    cluster,
    registry: { ...registry, host: IMAGES },
    git,
    env,
    environment,
    async [Symbol.asyncDispose]() {
      await Promise.all(environments.map(({ agent }) => agent.stop()));
      await Promise.all([cluster[Symbol.asyncDispose](), registry.stop(), git.stop(), proxy[Symbol.asyncDispose]()]);
    },
  };
}

/**
 * Makes the working copy a person's: their name (Ann unless told), and the server's address as its remote. Git reaches the
 * repository by its folder, so that no login is asked for.
 */
export async function actAsPerson(
  { git }: Workspace,
  repository: GitRepository,
  { name, email }: Author = PERSON,
): Promise<void> {
  const folder = (await git(['remote', 'get-url', 'origin'])).trim();
  await git(['config', `url.${folder}.insteadOf`, repository.url]);
  await git(['remote', 'set-url', 'origin', repository.url]);
  await git(['config', 'user.name', name]);
  await git(['config', 'user.email', email]);
}
