import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { WeavefluxError } from '../src/errors.ts';
import type { ClusterAccess, ClusterCredentials } from './cluster-access.ts';
import { execCredentials } from './exec-credentials.ts';
import { inClusterAccess } from './in-cluster.ts';
import { parseKubeconfigText } from './kubeconfig-text.ts';
import { rereadFile } from './reread-file.ts';

const clusterSchema = z.object({
  server: z.string().min(1),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': z.string().optional(),
  'proxy-url': z.string().optional(),
});
const userSchema = z.looseObject({
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  'client-certificate': z.string().optional(),
  'client-certificate-data': z.string().optional(),
  'client-key': z.string().optional(),
  'client-key-data': z.string().optional(),
  as: z.string().optional(),
  'as-uid': z.string().optional(),
  'as-groups': z.array(z.string()).optional(),
  exec: z.unknown().optional(),
  'auth-provider': z.unknown().optional(),
});
const contextSchema = z.object({ cluster: z.string(), user: z.string().default(''), namespace: z.string().optional() });

function named<Name extends string, T extends z.ZodType>(name: Name, value: T) {
  return z.array(z.object({ name: z.string(), [name]: value })).nullish();
}

const fileSchema = z.object({
  'current-context': z.string().nullish(),
  clusters: named('cluster', z.unknown()),
  users: named('user', z.unknown()),
  contexts: named('context', z.unknown()),
});
type KubeconfigUser = z.infer<typeof userSchema>;

/** A value of a kubeconfig, with the folder that relative paths in it start from. */
interface Entry {
  readonly value: unknown;
  readonly folder: string;
}

interface Merged {
  currentContext: string | undefined;
  readonly clusters: Map<string, Entry>;
  readonly users: Map<string, Entry>;
  readonly contexts: Map<string, Entry>;
}

/** How to find a cluster: a kubeconfig's path and a context in it; both absent = as kubectl would, or the pod's own. */
export interface AccessRequest {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

/**
 * The cluster that is meant: the kubeconfig named, else the pod's own service account, else `KUBECONFIG`, else
 * `~/.kube/config`. Files of `KUBECONFIG` are merged, the first to name something wins. INVALID_REQUEST where nothing
 * serves; UNREADABLE_FILE, INVALID_YAML for the file.
 */
export async function loadClusterAccess(
  request: AccessRequest = {},
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ClusterAccess> {
  if (request.kubeconfig === undefined && request.context === undefined) {
    const inCluster = await inClusterAccess(env);
    if (inCluster !== undefined) return inCluster;
  }
  const { merged, files } = await read(request.kubeconfig, env);
  return accessOf(merged, request.context, files);
}

/** The contexts of a kubeconfig, for choosing one. */
export interface KubeconfigContexts {
  readonly names: readonly string[];
  readonly current: string | undefined;
}

/** Reads which contexts the kubeconfig named (else that of `KUBECONFIG`, else `~/.kube/config`) has. Errors: as of `loadClusterAccess`. */
export async function readContexts(
  kubeconfig?: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<KubeconfigContexts> {
  const { merged } = await read(kubeconfig, env);
  return { names: [...merged.contexts.keys()], current: merged.currentContext };
}

async function read(
  kubeconfig: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly merged: Merged; readonly files: string }> {
  const files = (kubeconfig ?? (env.KUBECONFIG || join(env.HOME || homedir(), '.kube', 'config')))
    .split(delimiter)
    .filter((file) => file !== '');
  const merged: Merged = { currentContext: undefined, clusters: new Map(), users: new Map(), contexts: new Map() };
  for (const file of files) await mergeFile(merged, file, files.length > 1);
  return { merged, files: files.join(delimiter) };
}

async function mergeFile(merged: Merged, file: string, mayBeMissing: boolean): Promise<void> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (mayBeMissing && cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return;
    throw new WeavefluxError(
      'UNREADABLE_FILE',
      `The kubeconfig ${file} cannot be read; name another with --kubeconfig or KUBECONFIG.`,
      { cause, about: { file } },
    );
  }
  const parsed = fileSchema.safeParse(parseKubeconfigText(file, text));
  if (!parsed.success) throw invalid(file, z.prettifyError(parsed.error));
  const folder = dirname(resolve(file));
  merged.currentContext ??= parsed.data['current-context'] || undefined;
  addAll(merged.clusters, parsed.data.clusters, 'cluster', folder);
  addAll(merged.users, parsed.data.users, 'user', folder);
  addAll(merged.contexts, parsed.data.contexts, 'context', folder);
}

function addAll(
  into: Map<string, Entry>,
  list: readonly Record<string, unknown>[] | null | undefined,
  part: string,
  folder: string,
): void {
  for (const entry of list ?? []) {
    const name = String(entry.name);
    if (!into.has(name)) into.set(name, { value: entry[part], folder });
  }
}

async function accessOf(merged: Merged, wanted: string | undefined, file: string): Promise<ClusterAccess> {
  const name = wanted ?? merged.currentContext;
  if (name === undefined) throw invalid(file, 'it has no current context; name one');
  const context = contextSchema.safeParse(merged.contexts.get(name)?.value);
  if (!context.success) throw invalid(file, `it has no usable context "${name}"`);
  const clusterEntry = merged.clusters.get(context.data.cluster);
  const cluster = clusterSchema.safeParse(clusterEntry?.value);
  if (!cluster.success || clusterEntry === undefined)
    throw invalid(file, `it has no usable cluster "${context.data.cluster}"`);
  if (cluster.data['proxy-url'] !== undefined)
    throw new WeavefluxError(
      'NOT_SUPPORTED',
      `proxy-url of cluster "${context.data.cluster}" in ${file} is not supported.`,
    );
  const userEntry = merged.users.get(context.data.user);
  const user = userSchema.safeParse(userEntry?.value ?? {});
  if (!user.success) throw invalid(file, `its user "${context.data.user}" is not as a kubeconfig has it`);
  const folder = userEntry?.folder ?? clusterEntry.folder;
  return {
    server: cluster.data.server.replace(/\/+$/, ''),
    ca: await pem(
      cluster.data['certificate-authority-data'],
      cluster.data['certificate-authority'],
      clusterEntry.folder,
    ),
    serverName: cluster.data['tls-server-name'],
    insecure: cluster.data['insecure-skip-tls-verify'] ?? false,
    namespace: context.data.namespace,
    credentials: await credentialsOf(user.data, folder, () => standalone(cluster.data.server, user.data, context.data)),
  };
}

async function credentialsOf(
  user: KubeconfigUser,
  folder: string,
  asText: () => string,
): Promise<ClusterAccess['credentials']> {
  const impersonation = impersonationOf(user);
  if (user.exec || user['auth-provider']) {
    const ask = execCredentials(asText(), CONTEXT);
    return async (renew) => {
      const given = await ask(renew);
      return { ...given, headers: { ...given.headers, ...impersonation } };
    };
  }
  const cert = await pem(user['client-certificate-data'], user['client-certificate'], folder);
  const key = await pem(user['client-key-data'], user['client-key'], folder);
  const certificate: Pick<ClusterCredentials, 'certificate'> =
    cert !== undefined && key !== undefined ? { certificate: { cert, key } } : {};
  const tokenFile = user.tokenFile === undefined ? undefined : rereadFile(resolve(folder, user.tokenFile));
  return async (renew) => {
    const token = tokenFile === undefined ? user.token : (await tokenFile.read(renew)).trim();
    return { headers: { ...authorization(user, token), ...impersonation }, ...certificate };
  };
}

function authorization(user: KubeconfigUser, token: string | undefined): Record<string, string> {
  if (token) return { authorization: `Bearer ${token}` };
  if (user.username === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}` };
}

function impersonationOf(user: KubeconfigUser): Record<string, string> {
  const groups = user['as-groups'] ?? [];
  if (groups.length > 1)
    throw new WeavefluxError('NOT_SUPPORTED', 'A kubeconfig with more than one entry in as-groups is not supported.');
  return {
    ...(user.as === undefined ? {} : { 'impersonate-user': user.as }),
    ...(user['as-uid'] === undefined ? {} : { 'impersonate-uid': user['as-uid'] }),
    ...(groups[0] === undefined ? {} : { 'impersonate-group': groups[0] }),
  };
}

async function pem(data: string | undefined, path: string | undefined, folder: string): Promise<string | undefined> {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  if (!path) return undefined;
  const file = resolve(folder, path);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new WeavefluxError('UNREADABLE_FILE', `${file}, named by the kubeconfig, cannot be read.`, { cause });
  }
}

const CONTEXT = 'weaveflux';

/** The one context as a kubeconfig of its own, for the official client. */
function standalone(server: string, user: KubeconfigUser, context: z.infer<typeof contextSchema>): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': CONTEXT,
    clusters: [{ name: context.cluster, cluster: { server } }],
    users: [{ name: context.user, user }],
    contexts: [{ name: CONTEXT, context: { cluster: context.cluster, user: context.user } }],
  });
}

function invalid(file: string, what: string): WeavefluxError {
  return new WeavefluxError('INVALID_REQUEST', `The kubeconfig ${file} cannot be used: ${what}.`, { about: { file } });
}
