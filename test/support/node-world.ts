import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  type AgentImage,
  type ApiObject,
  type Files,
  type GitRepository,
  type NodeOptions,
  type RigNode,
  startNode,
  type Workspace,
  waitFor,
} from '../rig/index.ts';

const COMMAND = fileURLToPath(new URL('../../agent/bin/weaveflux.mjs', import.meta.url));
const ONE_FILE = new URL('../../deploy/weaveflux-deployment.yaml', import.meta.url);

/** The agent's namespace, as everything in `deploy/` has it. */
export const HOME = 'weaveflux';
/** Namespace and Secret for git as the one file names them. */
export const GIT_SECRET = 'flux-git-deploy';

/** What a run of the command came to. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A node, an image of the agent in its registry, and a repository: what a user has before the first command. */
export interface NodeWorld extends AsyncDisposable {
  readonly node: RigNode;
  readonly image: AgentImage;
  readonly repository: GitRepository;
  readonly person: Workspace;
  /** Text of the manifests as a user edits it: repository, image and pull secret, more args. */
  edited(text: string, args?: readonly string[]): string;
  /** The one file, edited. */
  oneFile(args?: readonly string[]): Promise<string>;
  /** `kubectl apply -f -`. */
  apply(text: string): Promise<string>;
  /** Makes the agent's namespace, the Secret for git (`known_hosts` and, unless told, the key) and the imagePullSecret. */
  prepare(options?: { readonly key?: boolean }): Promise<void>;
  /** The agent's pods that are not on their way out. */
  pods(): Promise<ApiObject[]>;
  /** Waits until a pod of the agent is ready, other than those named; gives it. */
  readyPod(others?: readonly string[], deadline?: number): Promise<ApiObject>;
  /** What the agent wrote so far. */
  log(): Promise<string>;
  /** Waits for a line of the agent's log. */
  line(pattern: RegExp, deadline?: number): Promise<RegExpMatchArray>;
  /** Waits until this revision, or the branch's head, is healthy; by the Environment object. */
  healthy(revision?: string, deadline?: number): Promise<ApiObject>;
  /** Runs `weaveflux` as this user of the cluster; the administrator unless told. */
  command(args: readonly string[], user?: string): Promise<CommandResult>;
  /** `kubectl`, in the agent's namespace. */
  kubectl(...args: readonly string[]): Promise<string>;
}

/** Milliseconds in which the first pod of a node pulls and unpacks the agent's image, on a busy machine. */
const STARTED = 120_000;
const LABEL = 'labelSelector=app.kubernetes.io/name=weaveflux';
const PODS = `/api/v1/namespaces/${HOME}/pods?${LABEL}`;
const ENVIRONMENT = `/apis/weaveflux.dev/v1alpha1/namespaces/${HOME}/environments/default`;

/** Starts a node with the agent's image in its registry, and makes a repository of the files that `files` gives. */
export async function startNodeWorld(
  files: (node: RigNode) => Files | Promise<Files>,
  options?: NodeOptions,
): Promise<NodeWorld> {
  const node = await startNode(options);
  try {
    const [image, repository] = await Promise.all([
      node.pushAgentImage('1'),
      Promise.resolve(files(node)).then((content) => node.git.createRepository('environment', content)),
    ]);
    return createWorld(node, image, repository, await node.git.checkout(repository));
  } catch (error) {
    await node.stop();
    throw error;
  }
}

/** Another repository on the same node, with the same image. */
export async function anotherWorld({ node, image }: NodeWorld, name: string, files: Files): Promise<NodeWorld> {
  const repository = await node.git.createRepository(name, files);
  return createWorld(node, image, repository, await node.git.checkout(repository));
}

function createWorld(node: RigNode, image: AgentImage, repository: GitRepository, person: Workspace): NodeWorld {
  const kubectl = (...args: readonly string[]) => node.kubectl(['-n', HOME, ...args]);

  function edited(text: string, args: readonly string[] = []): string {
    return editedManifests(text, {
      url: repository.url,
      image: image.reference,
      args: [
        '--git-poll-interval=2s',
        '--automation-interval=2s',
        `--registry-insecure-host=${node.registry.host}`,
        ...args,
      ],
    });
  }

  async function pods(): Promise<ApiObject[]> {
    const { items } = await node.get(PODS);
    const all: ApiObject[] = items;
    return all.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  // The kubelet may not know yet that a container runs whose agent has already told the API how it stands.
  const log = () => waitFor({ what: "the agent's log", deadline: 30_000, interval: 200 }, logNow);
  const logNow = () => kubectl('logs', '-l', 'app.kubernetes.io/name=weaveflux', '--tail=-1', '--prefix=false');

  return {
    node,
    image,
    repository,
    person,
    edited,
    oneFile: async (args) => edited(await readFile(ONE_FILE, 'utf8'), args),
    apply: (text) => node.kubectl(['apply', '-f', '-'], text),
    prepare: (options) => prepare(node, options?.key !== false),
    pods,
    readyPod: (others = [], deadline = STARTED) =>
      waitFor({ what: 'a ready pod of the agent', deadline, interval: 100 }, async () =>
        (await pods()).find((pod) => isReady(pod) && !others.includes(pod.metadata.name)),
      ),
    log,
    line: (pattern, deadline = STARTED) =>
      waitFor({ what: `a line like ${pattern} in the agent's log`, deadline, interval: 200 }, async () => {
        const text = await logNow();
        const found = text.match(pattern);
        if (found !== null) return found;
        throw new Error(text.slice(-1_500));
      }),
    healthy: (revision, deadline = 120_000) =>
      waitFor({ what: `${revision ?? 'the head'} to be healthy`, deadline, interval: 200 }, async () => {
        const wanted = revision ?? (await repository.head());
        const live = await node.find(ENVIRONMENT);
        if (live?.status?.healthyRevision === wanted) return live;
        throw new Error(
          `${JSON.stringify(live?.status ?? {}).slice(0, 2_000)}\n${(await logNow().catch(String)).slice(-1_500)}`,
        );
      }),
    command: async (args, user) =>
      runCommand(args, user === undefined ? node.kubeconfig : await node.kubeconfigFor({ user }), node.dir),
    kubectl,
    [Symbol.asyncDispose]: () => node.stop(),
  };
}

/** What a user edits in any of our manifests. */
export function editedManifests(
  text: string,
  edits: { readonly url: string; readonly image: string; readonly args: readonly string[] },
): string {
  const replaced: [RegExp, string][] = [
    [/--git-url=\S+/g, `--git-url=${edits.url}`],
    [/image: ghcr\.io\/\S+/g, `image: ${edits.image}`],
    [/^# imagePullSecrets:/gm, 'imagePullSecrets:'],
    [/^( *)- --data-dir=\S+$/gm, `$&\n${edits.args.map((arg) => `$1- ${arg}`).join('\n')}`],
  ];
  for (const [pattern] of replaced)
    if (!pattern.test(text)) throw new Error(`nothing like ${pattern} in the manifests`);
  return replaced.reduce((before, [pattern, by]) => before.replace(pattern, by), text);
}

async function prepare(node: RigNode, key: boolean): Promise<void> {
  await node.apply({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: HOME, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });
  const stringData = { known_hosts: node.git.knownHosts, ...(key ? { identity: node.git.key.privateKey } : {}) };
  await node.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: GIT_SECRET, namespace: HOME }, stringData });
  await node.createPullSecret(HOME);
}

/** Whether a pod counts as ready. */
export function isReady({ status }: ApiObject): boolean {
  const conditions: { type: string; status: string }[] = status?.conditions ?? [];
  return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

/** `state` is a folder without agent files, so that no agent of this machine is taken for the cluster's. */
function runCommand(args: readonly string[], kubeconfig: string, state: string): Promise<CommandResult> {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    KUBECONFIG: kubeconfig,
    XDG_STATE_HOME: state,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], { env, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
      resolve({ code, stdout, stderr });
    });
  });
}
