import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ImageStatus, TagExplanation } from '@weaveflux/shared';
import { type GitRepository, type RegistryOptions, type RigRegistry, startRegistry, waitFor } from '../rig/index.ts';
import type { AgentProcess, Flags } from '../support/agent-process.ts';
import { type EnvironmentWorld, startWorld, type World } from '../support/world.ts';

const COMMAND = fileURLToPath(new URL('../../agent/bin/weaveflux.mjs', import.meta.url));

/** A cluster, a Git server and a registry. */
export interface ImageWorld extends AsyncDisposable {
  readonly world: World;
  readonly registry: RigRegistry;
  /** A namespace, a repository and an agent of one name. */
  scene(name: string, files: Readonly<Record<string, string>>, flags?: Flags): Promise<ImageScene>;
}

/** One test's share of a world. */
export interface ImageScene extends AsyncDisposable, EnvironmentWorld {
  readonly running: AgentProcess;
  /** What the agent says of one image. */
  image(workload: string, container?: string): Promise<ImageStatus>;
  /** Waits until it says this. */
  untilImage(what: string, workload: string, look: (image: ImageStatus) => unknown): Promise<ImageStatus>;
  /** Waits until the file at the branch's head contains a text; gives the file. */
  untilFile(file: string, text: string): Promise<string>;
  /** Writes and pushes as a person; gives the revision, once the agent has delivered it, or a commit of its own on top of it. */
  push(files: Readonly<Record<string, string>>): Promise<string>;
  /** Runs `weaveflux` against this agent. */
  command(...args: readonly string[]): Promise<CommandResult>;
  /** Lets a second agent take this one's place, with flags changed. */
  restart(flags?: Flags): Promise<AgentProcess>;
}

/** What a run of the command came to. */
export interface CommandResult {
  readonly code: number;
  /** Both streams. */
  readonly text: string;
}

/** Starts it; the registry lets everybody in unless told. No pod ever runs without `controllers`. */
export async function startImageWorld(
  options: RegistryOptions = { users: {} },
  { controllers }: { readonly controllers: boolean } = { controllers: false },
): Promise<ImageWorld> {
  const [world, registry] = await Promise.all([startWorld({}, { controllers }), startRegistry(options)]);
  return {
    world,
    registry,
    async scene(name, files, flags = {}) {
      await world.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      const environment = await world.environment(name, files);
      const all = { 'k8s-default-namespace': name, 'unautomated-scan-interval': '15m', ...flags };
      return createScene(environment, all, { SSL_CERT_FILE: registry.caFile }, world.dir);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([world[Symbol.asyncDispose](), registry.stop()]);
    },
  };
}

async function createScene(
  environment: EnvironmentWorld,
  flags: Flags,
  env: Readonly<Record<string, string>>,
  dir: string,
): Promise<ImageScene> {
  const all: Flags = { 'data-dir': join(dir, `data of ${environment.repository.name}`), ...flags };
  let agent = await environment.agent(all, env);

  async function image(workload: string, container?: string): Promise<ImageStatus> {
    const found = (await agent.api.images()).find(
      (it) => it.name.endsWith(`/${workload}`) && (container === undefined || it.container === container),
    );
    if (found === undefined) throw new Error(`the agent knows no image of ${workload} yet`);
    return found;
  }

  return {
    ...environment,
    get running() {
      return agent;
    },
    image,
    async untilImage(what, workload, look) {
      let last: ImageStatus | undefined;
      const wait = { what: `${workload}: ${what}`, deadline: 45_000 };
      return agent.process.ready(wait, async () => {
        last = await image(workload);
        if (look(last)) return last;
        throw new Error(JSON.stringify(last));
      });
    },
    async untilFile(file, text) {
      return waitFor({ what: `${file} to contain ${text}`, deadline: 45_000, interval: 200 }, async () => {
        const content = await environment.repository.read(file);
        if (content.includes(text)) return content;
        throw new Error(`${content}\n${agent.process.tail(5)}`);
      });
    },
    async push(files) {
      await environment.person.pull();
      await environment.person.write(files);
      const revision = await environment.person.commitAndPush('A change by a person');
      await agent.process.ready({ what: `${revision} to be delivered`, deadline: 45_000 }, async () => {
        const { sync } = await agent.api.status();
        if (sync.revision === undefined || sync.finishedAt === undefined) return false;
        return sync.revision === revision || (await holds(environment.repository, sync.revision, revision));
      });
      return revision;
    },
    command: (...args) => runCommand(agent, args),
    async restart(changed = {}) {
      await agent.stop();
      agent = await environment.agent({ ...all, ...changed }, env);
      return agent;
    },
    [Symbol.asyncDispose]: () => agent.stop(),
  };
}

/** Whether a commit is among those that a revision stands on. */
async function holds({ git }: GitRepository, revision: string, commit: string): Promise<boolean> {
  const base = await git(['merge-base', revision, commit]);
  return base.trim() === commit;
}

function runCommand({ file }: AgentProcess, args: readonly string[]): Promise<CommandResult> {
  const identity = {
    GIT_CONFIG_COUNT: '2',
    ...setting(0, 'user.name', 'Ann'),
    ...setting(1, 'user.email', 'ann@x.io'),
  };
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...identity };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [COMMAND, ...args, '--agent-file', file],
      { env, timeout: 60_000 },
      (error, stdout, stderr) => {
        resolve({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
          text: stdout + stderr,
        });
      },
    );
  });
}

function setting(index: number, key: string, value: string): Record<string, string> {
  return { [`GIT_CONFIG_KEY_${index}`]: key, [`GIT_CONFIG_VALUE_${index}`]: value };
}

/** How a workload is written. */
export interface WorkloadText {
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'CronJob' | 'Job';
  readonly annotations?: Readonly<Record<string, string>>;
  /** Images by container. */
  readonly containers: Readonly<Record<string, string>>;
  readonly initContainers?: Readonly<Record<string, string>>;
  /** More of the pod's spec. */
  readonly pod?: Readonly<Record<string, unknown>>;
}

/** A workload in YAML; a person's comments stand in it. */
export function workload(name: string, options: WorkloadText): string {
  const { kind = 'Deployment', annotations = {}, containers, initContainers = {}, pod = {} } = options;
  const annotationLines = Object.entries(annotations).map(([key, value]) => `    ${key}: '${value}'\n`);
  const lists = [listText('initContainers', initContainers), listText('containers', containers)].join('');
  const extra = Object.entries({ restartPolicy: isJob(kind) ? 'Never' : 'Always', ...pod }).map(
    ([key, value]) => `      ${key}: ${JSON.stringify(value)}\n`,
  );
  const template = `  template:\n    metadata: { labels: { app: ${name} } }\n    spec:\n${extra.join('')}${lists}`;
  return `# ${name} is looked after by the shop's team\napiVersion: ${isJob(kind) ? 'batch' : 'apps'}/v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n${
    annotationLines.length === 0 ? '' : `  annotations:\n${annotationLines.join('')}`
  }${specText(kind, name, template)}`;
}

/** The annotations that automate these containers. */
export function policies(tags: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(tags).map(([container, policy]) => [`weaveflux.dev/tag.${container}`, policy]);
  return { 'weaveflux.dev/automated': 'true', ...Object.fromEntries(entries) };
}

function isJob(kind: string): boolean {
  return kind === 'Job' || kind === 'CronJob';
}

function listText(list: string, containers: Readonly<Record<string, string>>): string {
  const items = Object.entries(containers).map(
    ([container, image]) => `        - name: ${container}\n          image: ${image}   # kept by the agent\n`,
  );
  return items.length === 0 ? '' : `      ${list}:\n${items.join('')}`;
}

function specText(kind: string, name: string, template: string): string {
  if (kind === 'Job') return `spec:\n${template}`;
  if (kind === 'CronJob')
    return `spec:\n  schedule: '0 3 * * *'\n  jobTemplate:\n    spec:\n${template.replace(/^/gm, '    ').trimEnd()}\n`;
  const scaled = kind === 'DaemonSet' ? '' : '  replicas: 0\n';
  return `spec:\n${scaled}${kind === 'StatefulSet' ? `  serviceName: ${name}\n` : ''}  selector: { matchLabels: { app: ${name} } }\n${template}`;
}

/** Waits until the agent says this of the tags of the workload `web`; gives them by name, in its order. */
export async function untilTold(
  scene: ImageScene,
  what: string,
  look: (tags: ReadonlyMap<string, TagExplanation>) => boolean,
): Promise<ReadonlyMap<string, TagExplanation>> {
  const { running } = scene;
  return running.process.ready({ what, deadline: 45_000 }, async () => {
    const [image] = await running.api.explainImages({ workload: 'web' });
    const tags = new Map(image?.tags.map((tag) => [tag.tag, tag]));
    if (look(tags)) return tags;
    throw new Error(JSON.stringify(image));
  });
}
