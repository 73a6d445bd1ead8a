import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ControlPlane,
  type GitRepository,
  type HttpsGit,
  type RigRegistry,
  startControlPlane,
  startHttpsGit,
  startRegistry,
  temporaryDirectory,
  type Workspace,
} from '../rig/index.ts';
import { type AgentProcess, startAgent } from '../support/agent-process.ts';
import { environmentFiles, imageOf } from './environment.ts';
import { SERVICES, type Service } from './services.ts';

/** The day before the first image of each service was built; every further one is a day younger. */
const FIRST_DAY = Date.UTC(2026, 9, 1);
const DAY = 86_400_000;

/** A whole environment on this machine: cluster, registry, Git server, and the agent. */
export interface Sandbox extends AsyncDisposable {
  readonly cluster: ControlPlane;
  readonly registry: RigRegistry;
  readonly git: HttpsGit;
  readonly repository: GitRepository;
  /** A person's working copy. */
  readonly person: Workspace;
  readonly agent: AgentProcess;
  readonly environment: string;
}

/** What the sandbox tells while it starts. */
export type Tell = (sentence: string) => void;

/** Starts everything; `agentLine` hears each line that the agent logs. */
export async function startSandbox(tell: Tell, agentLine: (line: string) => void): Promise<Sandbox> {
  tell('Starting a Kubernetes control plane, an image registry and a Git server.');
  const [cluster, registry, git] = await Promise.all([startControlPlane(), startRegistry(), startHttpsGit()]);
  tell(`Kubernetes answers at ${cluster.url}, the registry at ${registry.url}, Git at ${git.url}.`);
  await seedImages(registry);
  const repository = await git.createRepository('environment', environmentFiles(registry.host));
  const person = await git.checkout(repository);
  tell(`The repository states ${SERVICES.length} services; starting the agent.`);
  const agent = await startOn(cluster, registry, git, repository, agentLine);
  const environment = 'sandbox';
  return {
    cluster,
    registry,
    git,
    repository,
    person,
    agent,
    environment,
    async [Symbol.asyncDispose]() {
      await agent.stop();
      await Promise.all([cluster, registry, git].map((part) => part[Symbol.asyncDispose]()));
    },
  };
}

/** Pushes a new image of a service, built today. */
export async function pushImage(registry: RigRegistry, image: string, tag: string): Promise<void> {
  await registry.pushImage(image, { tag, created: new Date().toISOString() });
}

/** Pushes the images that the environment's services have had until now. */
export async function seedImages(registry: RigRegistry): Promise<void> {
  await Promise.all(SERVICES.map((service) => seed(registry, service)));
}

async function seed(registry: RigRegistry, service: Service): Promise<void> {
  const tags = [...service.tags, service.tag].map((tag, index) => ({
    tag,
    created: new Date(FIRST_DAY + index * DAY).toISOString(),
  }));
  await registry.pushTags(imageOf(service), tags);
}

async function startOn(
  cluster: ControlPlane,
  registry: RigRegistry,
  git: HttpsGit,
  repository: GitRepository,
  onLine: (line: string) => void,
): Promise<AgentProcess> {
  const dir = temporaryDirectory('sandbox');
  const dockerConfig = join(dir, 'docker-config.json');
  const tokenFile = join(dir, 'git-token');
  const authorities = join(dir, 'authorities.pem');
  await mkdir(dir, { recursive: true });
  await writeFile(dockerConfig, registry.dockerConfig(), { mode: 0o600 });
  await writeFile(tokenFile, git.token, { mode: 0o600 });
  await writeFile(authorities, registry.ca);
  return startAgent(
    {
      'git-url': repository.url.replace('https://', `https://${git.user}@`),
      'git-https-token-file': tokenFile,
      'git-poll-interval': '2s',
      'automation-interval': '3s',
      'unautomated-scan-interval': '10s',
      'sync-garbage-collection': 'true',
      'docker-config': dockerConfig,
      'data-dir': join(dir, 'data'),
      kubeconfig: cluster.kubeconfig,
      environment: 'sandbox',
      listen: '127.0.0.1:0',
      'listen-metrics': '127.0.0.1:0',
    },
    undefined,
    { GIT_SSL_CAINFO: git.caFile, NODE_EXTRA_CA_CERTS: authorities },
    onLine,
  );
}
