import type { Certificate } from '../certificates.ts';

/** How someone proves who they are. */
export type Identity = { readonly token: string } | { readonly certificate: Certificate };

/** The text of a kubeconfig file with one context (JSON, which every reader of YAML takes). */
export function kubeconfigText(url: string, ca: string, identity: Identity, namespace = 'default'): string {
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'rig', cluster: { server: url, 'certificate-authority-data': base64(ca) } }],
      users: [{ name: 'rig', user: user(identity) }],
      contexts: [{ name: 'rig', context: { cluster: 'rig', user: 'rig', namespace } }],
      'current-context': 'rig',
    },
    null,
    2,
  )}\n`;
}

function user(identity: Identity): Record<string, string> {
  if ('token' in identity) return { token: identity.token };
  const { cert, key } = identity.certificate;
  return { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
