import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '../certificates.ts';
import type { Place } from './place.ts';

/** How API server and kubelet prove themselves to each other: files. */
export interface NodeCertificates {
  readonly ca: string;
  readonly kubelet: { readonly cert: string; readonly key: string };
  /** Flags by which the API server reaches the kubelet, for logs, exec and port-forward. */
  readonly apiServerFlags: readonly string[];
}

/** Makes an authority for the way from the API server to the kubelet at `address`, and both certificates. */
export async function createNodeCertificates({ dir }: Place, address: string): Promise<NodeCertificates> {
  const authority = createAuthority('weaveflux-rig-node');
  const kubelet = authority.issue({ commonName: 'kubelet', addresses: [address] });
  // The kubelet asks the API server whether this user may, and remembers a no for long: this group always may.
  const server = authority.issue({ commonName: 'kube-apiserver', organizations: ['system:masters'] });
  const ca = await write('node-ca.crt', authority.cert);
  const [cert, key] = [await write('api-server.crt', server.cert), await write('api-server.key', server.key)];

  async function write(name: string, text: string): Promise<string> {
    const file = join(dir, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  }
  return {
    ca,
    kubelet: { cert: await write('kubelet.crt', kubelet.cert), key: await write('kubelet.key', kubelet.key) },
    apiServerFlags: [
      `--kubelet-certificate-authority=${ca}`,
      `--kubelet-client-certificate=${cert}`,
      `--kubelet-client-key=${key}`,
      '--kubelet-preferred-address-types=InternalIP',
    ],
  };
}
