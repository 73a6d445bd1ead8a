import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Authority, type Certificate, createAuthority } from '../certificates.ts';

const SERVICE_NAMES = ['', '.default', '.default.svc', '.default.svc.cluster.local'].map((end) => `kubernetes${end}`);

/** Who may do what on a control plane, and the files that its programs read that from. */
export interface Credentials {
  readonly authority: Authority;
  /** Bearer token of the administrator (group system:masters). */
  readonly token: string;
  readonly files: {
    readonly ca: string;
    readonly serverCert: string;
    readonly serverKey: string;
    readonly tokens: string;
    readonly serviceAccountKey: string;
    readonly serviceAccountPublicKey: string;
  };
  /** A client certificate for a user in these groups. */
  client(user: string, groups?: readonly string[]): Certificate;
}

/** The services of a control plane; the first address is that of Service `kubernetes`. */
export const SERVICES = { range: '10.97.0.0/16', first: '10.97.0.1' } as const;

/**
 * Makes everything in `directory`: an authority, the certificate of a server at `address`, the administrator's token,
 * service account keys.
 */
export async function createCredentials(directory: string, address: string): Promise<Credentials> {
  const authority = createAuthority('weaveflux-rig');
  const server = authority.issue({
    commonName: 'kube-apiserver',
    dnsNames: ['localhost', ...SERVICE_NAMES],
    addresses: [...new Set(['127.0.0.1', address, SERVICES.first])],
  });
  const accounts = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const token = randomBytes(16).toString('hex');
  const contents = {
    ca: ['ca.crt', authority.cert],
    serverCert: ['server.crt', server.cert],
    serverKey: ['server.key', server.key],
    tokens: ['tokens.csv', `${token},admin,admin,system:masters\n`],
    serviceAccountKey: ['sa.key', accounts.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    serviceAccountPublicKey: ['sa.pub', accounts.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
  } as const;
  const at = (name: keyof typeof contents) => join(directory, contents[name][0]);
  await Promise.all(
    Object.values(contents).map(([name, text]) => writeFile(join(directory, name), text, { mode: 0o600 })),
  );
  return {
    authority,
    token,
    files: {
      ca: at('ca'),
      serverCert: at('serverCert'),
      serverKey: at('serverKey'),
      tokens: at('tokens'),
      serviceAccountKey: at('serviceAccountKey'),
      serviceAccountPublicKey: at('serviceAccountPublicKey'),
    },
    client: (user, groups = []) => authority.issue({ commonName: user, organizations: groups }),
  };
}
