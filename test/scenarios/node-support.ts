import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { type ApiObject, findTool, temporaryDirectory, waitFor } from '../rig/index.ts';
import { HOME, type NodeWorld } from '../support/node-world.ts';
import { kustomize, type Overlay } from './install-support.ts';

const execute = promisify(execFile);

const AGENT = `system:serviceaccount:${HOME}:weaveflux`;
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const ENVIRONMENT = `/apis/weaveflux.dev/v1alpha1/namespaces/${HOME}/environments/default`;

/** How an installation differs from the one file. */
export interface Installation {
  readonly overlay?: Overlay;
  readonly args?: readonly string[];
  /** More edits of the manifests. */
  readonly edit?: (text: string) => string;
}

/** Applies an overlay as a user edits it. */
export async function install(world: NodeWorld, { overlay, args, edit }: Installation): Promise<void> {
  const text = world.edited(withPullSecrets(await kustomize(overlay)), args);
  await world.apply(edit?.(text) ?? text);
}

/** Rendering drops the comment where users name the Secret that the agent's own image is pulled with. */
function withPullSecrets(text: string): string {
  const account = /^kind: ServiceAccount\nmetadata:\n {2}name: weaveflux\n {2}namespace: weaveflux\n/m;
  return text.replace(account, '$&# imagePullSecrets: [{ name: registry }]\n');
}

/** Removes every trace of an installation, and namespaces; resolves when all is gone. */
export async function uninstall({ node }: NodeWorld, namespaces: readonly string[]): Promise<void> {
  const extra = namespaces.map((name) => `---\napiVersion: v1\nkind: Namespace\nmetadata: { name: ${name} }\n`);
  const all = [await kustomize(undefined), ...extra].join('\n');
  await node.kubectl(['delete', '--ignore-not-found', '--timeout=180s', '-f', '-'], all);
}

/** The Environment, once it is as `look` says. */
export function environment(
  { node }: NodeWorld,
  what: string,
  look: (status: ApiObject) => unknown,
  deadline = 120_000,
): Promise<ApiObject> {
  return waitFor({ what, deadline, interval: 200 }, async () => {
    const { status } = await node.get(ENVIRONMENT);
    if (status !== undefined && look(status)) return status;
    throw new Error(JSON.stringify(status ?? {}).slice(0, 3_000));
  });
}

/** The problem of a status at a file. */
export function problemIn(status: ApiObject, file: string): ApiObject | undefined {
  const problems: ApiObject[] = status.problems ?? [];
  return problems.find((problem) => problem.file === file);
}

/** A request that changes nothing whatever comes of it. */
export type Request = readonly [method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object];

const SCRIPT = `
const { readFileSync } = require('node:fs');
const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
const headers = { authorization: 'Bearer ' + readFileSync('${ACCOUNT}/token', 'utf8') };
async function ask([method, path, body]) {
  const type = { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' };
  const answer = await fetch('https://' + host + ':' + port + path, {
    method,
    headers: { ...headers, ...type },
    body: JSON.stringify(body),
  });
  await answer.body?.cancel();
  return answer.status;
}
Promise.all(JSON.parse(process.argv[1]).map(ask)).then((codes) => console.log(JSON.stringify(codes)));
`;

/** What the API server answers the agent's pod, by HTTP codes: asked from inside, with the pod's own token. */
export async function answersTo(world: NodeWorld, requests: readonly Request[]): Promise<number[]> {
  const [pod] = await world.pods();
  const trusting = ['env', `NODE_EXTRA_CA_CERTS=${ACCOUNT}/ca.crt`];
  const program = [...trusting, 'node', '-e', SCRIPT, JSON.stringify(requests)];
  return JSON.parse(await world.kubectl('exec', pod?.metadata.name, '--', ...program));
}

/** What nobody needs who delivers an application, and what makes an administrator of who may do it. */
export const NEVER: readonly Request[] = [
  ['GET', '/api/v1/nodes'],
  ['POST', '/api/v1/namespaces/kube-system/serviceaccounts/default/token', tokenRequest()],
  ['POST', '/api/v1/namespaces/kube-system/pods/any/exec?command=id'],
  ['POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings?dryRun=All', administrator()],
  ['DELETE', '/api/v1/namespaces/kube-system/configmaps?dryRun=All'],
  ['POST', '/apis/certificates.k8s.io/v1/certificatesigningrequests?dryRun=All', {}],
];

function tokenRequest(): object {
  return { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
}

function administrator(): object {
  const apiGroup = 'rbac.authorization.k8s.io';
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'more' },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'weaveflux', namespace: HOME }],
  };
}

const auditedSchema = z.object({
  verb: z.string(),
  requestURI: z.string(),
  responseStatus: z.object({ code: z.number() }),
});
/** A request of the agent's account about Secrets, as the API server logged it. */
export type Audited = z.infer<typeof auditedSchema>;

/** Log of the API server of what the agent's account asked about Secrets. */
export interface SecretAudit {
  readonly flags: readonly string[];
  /** Since the last reading. */
  read(): Promise<Audited[]>;
}

export async function createSecretAudit(): Promise<SecretAudit> {
  const dir = temporaryDirectory('audit');
  const policy = join(dir, 'policy.json');
  const log = join(dir, 'audit.log');
  const rules = [
    { level: 'Metadata', users: [AGENT], resources: [{ group: '', resources: ['secrets'] }] },
    { level: 'None' },
  ];
  const omitStages = ['RequestReceived', 'ResponseStarted'];
  await writeFile(policy, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages, rules }));
  let seen = 0;
  return {
    flags: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`, '--audit-log-mode=blocking'],
    async read() {
      const lines = (await readFile(log, 'utf8')).split('\n').slice(0, -1);
      const found = lines.slice(seen).map((line) => auditedSchema.parse(JSON.parse(line)));
      seen = lines.length;
      return found;
    },
  };
}

/** Runs commands that the agent printed, as a person pastes them into a shell; gives the folder they ran in. */
export async function paste({ node }: NodeWorld, commands: string): Promise<string> {
  const folder = join(node.dir, 'pasted');
  await mkdir(folder, { recursive: true });
  const path = `${dirname(await findTool('kubectl'))}:${process.env.PATH}`;
  const env = { PATH: path, HOME: folder, KUBECONFIG: node.kubeconfig };
  await execute('sh', ['-ec', commands], { cwd: folder, env, timeout: 60_000 });
  return folder;
}
