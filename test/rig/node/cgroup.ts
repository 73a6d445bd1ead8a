import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './place.ts';

const ROOT = '/sys/fs/cgroup';

/** Makes the cgroup that all pods are in, in every hierarchy: the kubelet insists on finding it. */
export async function createCgroup({ id }: Place): Promise<string> {
  const name = `weaveflux-${id}`;
  const available = await readFile(join(ROOT, 'cgroup.controllers'), 'utf8').catch(() => undefined);
  if (available !== undefined) {
    const all = available
      .trim()
      .split(/\s+/)
      .map((controller) => `+${controller}`);
    await writeFile(join(ROOT, 'cgroup.subtree_control'), all.join(' '));
    await mkdir(join(ROOT, name));
    return `/${name}`;
  }
  for (const controller of await readdir(ROOT)) {
    const hierarchy = join(ROOT, controller);
    if (!(await stat(hierarchy)).isDirectory()) continue;
    await mkdir(join(hierarchy, name), { recursive: true });
    if (controller.split(',').includes('cpuset')) await inheritCpus(hierarchy, name);
  }
  return `/${name}`;
}

/** A new group of this hierarchy has no processor, and takes no process. */
async function inheritCpus(hierarchy: string, name: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    await writeFile(join(hierarchy, name, file), await readFile(join(hierarchy, file), 'utf8'));
  }
}
