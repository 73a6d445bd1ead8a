import { sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ControlPlane, findTool, startProcess } from '../rig/index.ts';

/** What users apply. */
export const ONE_FILE = fileURLToPath(new URL('../../deploy/weaveflux-deployment.yaml', import.meta.url));

/** Applies a file with kubectl as the administrator. */
export async function applyFile(cluster: Pick<ControlPlane, 'kubeconfig'>, file: string): Promise<void> {
  const kubectl = await startProcess({
    name: 'kubectl',
    command: await findTool('kubectl'),
    args: ['--kubeconfig', cluster.kubeconfig, 'apply', '-f', file],
  });
  const end = await kubectl.ended;
  if (end !== 'exit code 0') throw new Error(`kubectl apply -f ${file} failed:\n${kubectl.tail(20)}`);
}

/** What is claimed of a token, in seconds from now where it is a time. */
export interface Claims {
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly audience: string;
}

/** A service account's token as this control plane would sign it, with claims that it would never give. */
export async function signToken(
  cluster: ControlPlane,
  name: string,
  namespace: string,
  claims: Claims,
): Promise<string> {
  const { metadata } = await cluster.get(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}`);
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: 'https://kubernetes.default.svc',
    sub: `system:serviceaccount:${namespace}:${name}`,
    aud: [claims.audience],
    iat: now + claims.issuedAt,
    nbf: now + claims.issuedAt,
    exp: now + claims.expiresAt,
    'kubernetes.io': { namespace, serviceaccount: { name, uid: metadata.uid } },
  };
  const text = [{ alg: 'ES256', typ: 'JWT' }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const key = await readFile(join(cluster.dir, 'sa.key'), 'utf8');
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}
