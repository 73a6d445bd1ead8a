import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { ControlPlane } from '../rig/index.ts';

/** A way to the API server on which everything takes longer. */
export interface SlowPath extends AsyncDisposable {
  readonly kubeconfig: string;
}

/** Opens a slow way to a cluster; `delay` in milliseconds, each direction. */
export async function slowPath(cluster: ControlPlane, dir: string, delay: number): Promise<SlowPath> {
  const sockets = new Set<Socket>();
  const upstream = Number(new URL(cluster.url).port);
  const server = createServer((near) => {
    const far = connect(upstream, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => void setTimeout(() => to.writable && to.write(chunk), delay));
      from.on('close', () => void setTimeout(() => to.destroy(), delay));
      from.on('error', () => to.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(dir, `slow-${port}.kubeconfig`);
  const text = await readFile(cluster.kubeconfig, 'utf8');
  await writeFile(kubeconfig, text.replaceAll(cluster.url, `https://127.0.0.1:${port}`));
  return {
    kubeconfig,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The names of the ConfigMaps of a namespace that an environment labelled, sorted. */
export async function labelled(cluster: ControlPlane, namespace: string): Promise<string[]> {
  const path = `/api/v1/namespaces/${namespace}/configmaps?labelSelector=weaveflux.dev/environment`;
  const { items } = await cluster.get(path);
  const found: { metadata: { name: string } }[] = items ?? [];
  return found.map(({ metadata }) => metadata.name).sort();
}

/** Everything that the inventory of an environment says, as one text. */
export async function inventoryText(cluster: ControlPlane, environment: string): Promise<string> {
  const { items } = await cluster.get('/api/v1/configmaps?labelSelector=app.kubernetes.io/managed-by=weaveflux');
  const chunks: { metadata: { name: string }; data?: unknown }[] = items;
  const ours = chunks.filter(({ metadata }) => metadata.name.startsWith(`weaveflux-inventory-${environment}-`));
  return JSON.stringify(ours.map(({ data }) => data ?? {}));
}
