import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WeavefluxError } from '../src/errors.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { rereadFile } from './reread-file.ts';

/** Where Kubernetes mounts a pod's service account. */
export const SERVICE_ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

type Environment = Readonly<Record<string, string | undefined>>;

/** The access of the pod's own service account, or `undefined` when this is no pod. The token is read again as it rotates. */
export async function inClusterAccess(
  env: Environment = process.env,
  directory: string = SERVICE_ACCOUNT_DIR,
): Promise<ClusterAccess | undefined> {
  const host = env.KUBERNETES_SERVICE_HOST;
  if (!host) return undefined;
  const token = rereadFile(join(directory, 'token'));
  try {
    await token.read();
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new WeavefluxError('UNREADABLE_FILE', `The service account's token in ${directory} cannot be read.`, {
      cause,
    });
  }
  const port = env.KUBERNETES_SERVICE_PORT ?? '443';
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    ca: await optionalText(join(directory, 'ca.crt')),
    serverName: undefined,
    insecure: false,
    inCluster: true,
    namespace: (await optionalText(join(directory, 'namespace')))?.trim(),
    async credentials(renew) {
      return { headers: { authorization: `Bearer ${(await token.read(renew)).trim()}` } };
    },
  };
}

async function optionalText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new WeavefluxError('UNREADABLE_FILE', `${path} cannot be read.`, { cause: error });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
