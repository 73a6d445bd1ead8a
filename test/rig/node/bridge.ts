import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SERVICES } from '../kubernetes/credentials.ts';
import { run } from '../tools/run.ts';
import type { Place } from './place.ts';

/** The network of the pods. This machine is its first address. */
export interface Bridge {
  readonly address: string;
  readonly range: string;
}

/** Makes the bridge before any pod wants it, in a free /16 of 10.0.0.0/8: its address is where everything listens. */
export async function createBridge({ id }: Place): Promise<Bridge> {
  const prefix = await freePrefix();
  const [name, address] = [`wf-${id}`, `${prefix}.0.1`];
  await run('ip', ['link', 'add', name, 'type', 'bridge']);
  await run('ip', ['address', 'add', `${address}/16`, 'dev', name]);
  await run('ip', ['link', 'set', name, 'up']);
  return { address, range: `${prefix}.0.0/16` };
}

async function freePrefix(): Promise<string> {
  const routes = await run('ip', ['-4', 'route', 'show', 'table', 'all']);
  for (let second = 89; second < 250; second++) {
    const prefix = `10.${second}`;
    const taken = new RegExp(`(^|\\s)10\\.${second}\\.`, 'm').test(`${routes}\n${SERVICES.range}`);
    if (!taken) return prefix;
  }
  throw new Error('no free /16 between 10.89.0.0 and 10.250.0.0');
}

/** Writes what containerd reads to connect a pod, and gives the directory. */
export async function writeNetwork({ id, dir }: Place, { address, range }: Bridge): Promise<string> {
  const directory = join(dir, 'net.d');
  await mkdir(directory);
  const ipam = {
    type: 'host-local',
    dataDir: join(dir, 'addresses'),
    ranges: [[{ subnet: range, gateway: address }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  const network = {
    cniVersion: '0.4.0',
    name: `weaveflux-${id}`,
    plugins: [
      { type: 'bridge', bridge: `wf-${id}`, isGateway: true, hairpinMode: true, ipam },
      { type: 'portmap', capabilities: { portMappings: true } },
      // Where Docker is installed, what is forwarded is dropped unless allowed.
      { type: 'firewall' },
    ],
  };
  await writeFile(join(directory, '10-weaveflux.conflist'), JSON.stringify(network, null, 2));
  return directory;
}
