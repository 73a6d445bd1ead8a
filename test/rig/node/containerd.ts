import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RigProcess, startProcess } from '../processes.ts';
import { type ImageOptions, makeImage } from '../registry/images.ts';
import type { RigRegistry } from '../registry/registry.ts';
import { run } from '../tools/run.ts';
import { appImage, PAUSE_IMAGE } from './images/app.ts';
import { makeTar } from './images/tar.ts';
import type { Place } from './place.ts';

/** What runs the containers of a node. */
export interface Containerd extends AsyncDisposable {
  readonly process: RigProcess;
  /** `unix:///…`, for the kubelet. */
  readonly endpoint: string;
  /** Images of this registry can be pulled from now on, with its credentials. */
  trust(registry: RigRegistry): Promise<void>;
  /** The main process of a container. */
  pidOf(container: string): Promise<number>;
}

/** Starts containerd with everything of its own below the place, and gives it the image that every pod begins with. */
export async function startContainerd({ dir }: Place, networks: string): Promise<Containerd> {
  const [state, socket, registries] = [join(dir, 'state'), join(dir, 'containerd.sock'), join(dir, 'registries')];
  await mkdir(registries);
  const file = join(dir, 'containerd.toml');
  await writeFile(file, configuration(dir, state, socket, registries, networks));
  const process = await startProcess({
    command: 'containerd',
    args: ['--config', file],
    env: { PATH: `${globalThis.process.env.PATH}:/usr/sbin:/sbin` },
    grace: 0,
  });
  const ctr = (...args: string[]) => run('ctr', ['--address', socket, '--namespace', 'k8s.io', ...args]);
  await process.ready({ what: 'containerd to answer' }, () => ctr('version'));
  const pause = join(dir, 'pause.tar');
  await writeFile(pause, imageArchive(PAUSE_IMAGE, await appImage('pause')));
  await ctr('images', 'import', pause);
  return {
    process,
    endpoint: `unix://${socket}`,
    async trust({ host, url, caFile }) {
      await mkdir(join(registries, host));
      const lines = [`server = "${url}"`, `[host."${url}"]`, 'capabilities = ["pull", "resolve"]', `ca = "${caFile}"`];
      await writeFile(join(registries, host, 'hosts.toml'), `${lines.join('\n')}\n`);
    },
    pidOf: async (container) =>
      Number(await readFile(join(state, 'io.containerd.runtime.v2.task/k8s.io', container, 'init.pid'), 'utf8')),
    [Symbol.asyncDispose]: process.stop,
  };
}

function configuration(dir: string, state: string, socket: string, registries: string, networks: string): string {
  return `version = 2
root = "${join(dir, 'root')}"
state = "${state}"
[grpc]
address = "${socket}"
[plugins."io.containerd.internal.v1.opt"]
path = "${join(dir, 'opt')}"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${PAUSE_IMAGE}"
netns_mounts_under_state_dir = true
# Without CAP_SYS_RESOURCE nothing may be made less likely to be killed than containerd itself.
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${networks}"
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "${registries}"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = false
`;
}

/** An image as \`ctr images import\` reads it: an OCI image layout in a tar archive. */
function imageArchive(reference: string, options: ImageOptions): Buffer {
  const { blobs, manifests } = makeImage(reference, '', options);
  const [manifest] = manifests;
  if (!manifest) throw new Error('an image without a manifest');
  const { digest, mediaType, bytes } = manifest;
  const annotations = { 'io.containerd.image.name': reference };
  const index = { schemaVersion: 2, manifests: [{ digest, mediaType, size: bytes.length, annotations }] };
  return makeTar([
    { path: 'oci-layout', content: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
    { path: 'index.json', content: Buffer.from(JSON.stringify(index)) },
    ...[...blobs, manifest].map((each) => ({
      path: `blobs/${each.digest.replace(':', '/')}`,
      content: each.bytes,
    })),
  ]);
}
