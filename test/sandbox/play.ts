import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pushImage, type Sandbox } from './sandbox.ts';
import { SERVICES } from './services.ts';

/** Where a running sandbox tells `npm run sandbox` how to reach it; ignored by Git. */
export const DOOR_FILE = fileURLToPath(new URL('../../.weaveflux/sandbox.json', import.meta.url));

/** The way in for `npm run sandbox`, open while the sandbox runs. */
export interface Door extends AsyncDisposable {
  /** Resolves when the signal is aborted. */
  until(signal: AbortSignal): Promise<void>;
}

type Action = (sandbox: Sandbox, args: readonly string[]) => Promise<string>;

const ACTIONS: Readonly<Record<string, Action>> = { push, scale, delete: remove };

/** Opens the way in: a loopback server with a token of its own, named in the door file. */
export async function openPlay(sandbox: Sandbox): Promise<Door> {
  const token = randomBytes(16).toString('hex');
  const server = createServer(async (request, response) => {
    const words = new URL(request.url ?? '/', 'http://localhost').searchParams.getAll('word');
    const allowed = request.headers.authorization === `Bearer ${token}`;
    const [code, text] = allowed ? await act(sandbox, words) : [401, 'Not from here.'];
    response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await mkdir(dirname(DOOR_FILE), { recursive: true });
  await writeFile(DOOR_FILE, JSON.stringify({ url: `http://127.0.0.1:${port}`, token }), { mode: 0o600 });
  return {
    async until(signal) {
      if (!signal.aborted) await once(signal, 'abort');
    },
    async [Symbol.asyncDispose]() {
      await rm(DOOR_FILE, { force: true });
      server.closeAllConnections();
      server.close();
    },
  };
}

async function act(sandbox: Sandbox, [name = '', ...args]: readonly string[]): Promise<[code: number, text: string]> {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) return [400, `"${name}" is none of ${Object.keys(ACTIONS).join(', ')}.`];
  try {
    return [200, await action(sandbox, args)];
  } catch (error) {
    return [400, error instanceof Error ? error.message : String(error)];
  }
}

async function push(sandbox: Sandbox, [image = '', tag = '']: readonly string[]): Promise<string> {
  serviceNamed(image);
  if (!/^[\w][\w.-]{0,127}$/.test(tag)) throw new Error('push takes an image and a tag: push shop/cart 1.4.2');
  await pushImage(sandbox.registry, image, tag);
  return `${image}:${tag} is in the registry.`;
}

async function scale(sandbox: Sandbox, [name = '', replicas = '']: readonly string[]): Promise<string> {
  if (!/^\d{1,3}$/.test(replicas)) throw new Error('scale takes a service and a number: scale shop/catalog 9');
  await sandbox.cluster.patch(pathOf(name), { spec: { replicas: Number(replicas) } }, 'kubectl-edit');
  return `${name} was scaled to ${replicas} by hand.`;
}

async function remove(sandbox: Sandbox, [name = '']: readonly string[]): Promise<string> {
  await sandbox.cluster.delete(pathOf(name));
  return `${name} was deleted by hand.`;
}

/** The API path of a service's workload. */
export function pathOf(name: string): string {
  const service = serviceNamed(name);
  const plural = service.kind === 'Deployment' ? 'deployments' : 'statefulsets';
  return `/apis/apps/v1/namespaces/${service.namespace}/${plural}/${service.name}`;
}

function serviceNamed(name: string) {
  const service = SERVICES.find((one) => `${one.namespace}/${one.name}` === name);
  if (service !== undefined) return service;
  throw new Error(
    `"${name}" is no service of the sandbox; there is ${SERVICES.map((one) => `${one.namespace}/${one.name}`).join(', ')}.`,
  );
}
