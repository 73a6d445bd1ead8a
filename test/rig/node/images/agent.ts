import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ImageOptions, type Layer, makeLayer } from '../../registry/images.ts';
import { run } from '../../tools/run.ts';
import type { LayerSize } from '../types.ts';
import { keptLayer } from './layers.ts';
import { makeTar } from './tar.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const NODE = join(ROOT, 'node_modules/node/bin/node');
const SUITE = 'bookworm';
/** `git submodule` is a shell script and wants the last three. */
const PACKAGES = [
  ...['git', 'openssh-client', 'ca-certificates', 'libstdc++6', 'base-files', 'netbase', 'dash'],
  ...['coreutils', 'sed', 'grep'],
];
const LIBRARIES = 'usr/lib/x86_64-linux-gnu';
/** Path and beginning of a name: what git and ssh over the network do without. */
const LEFT_OUT = [
  ...['doc', 'man', 'locale', 'info', 'zoneinfo', 'i18n', 'gitweb', 'perl'].map((name) => `usr/share/${name}`),
  ...['perl', 'libperl', 'gconv'].map((name) => `${LIBRARIES}/${name}`),
  ...['usr/bin/perl', 'var/cache/apt', 'var/lib/apt', 'var/log'],
];
/** What the packages' scripts would have written: they do not run. ssh insists on a name for its user. */
const WRITTEN: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nweaveflux:x:65532:65532:weaveflux:/tmp:/bin/sh\n',
  'etc/group': 'root:x:0:\nweaveflux:x:65532:\n',
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
};

/** The image of this checkout's agent, and how big each of its layers is. */
export async function agentImage(): Promise<{ image: ImageOptions; sizes: LayerSize[] }> {
  const [base, node, agent] = await Promise.all([baseLayer(), nodeLayer(), agentLayer()]);
  const config = {
    Entrypoint: ['weaveflux'],
    Cmd: ['agent'],
    User: '65532:65532',
    WorkingDir: '/app',
    Env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'HOME=/tmp', 'NODE_ENV=production', 'MALLOC_ARENA_MAX=2'],
  };
  const sizes = Object.entries({ base, node, agent }).map(([name, layer]) => ({
    name,
    compressed: layer.gzip.length,
    uncompressed: layer.size,
  }));
  return { image: { layers: [base, node, agent], config }, sizes };
}

async function baseLayer(): Promise<Layer> {
  return keptLayer('base', [SUITE, ...PACKAGES, ...LEFT_OUT, JSON.stringify(WRITTEN)], async (directory) => {
    const root = join(directory, 'root');
    await run('mmdebstrap', ['--variant=extract', `--include=${PACKAGES.join(',')}`, SUITE, root]);
    await Promise.all(LEFT_OUT.map((path) => removeAll(root, path)));
    for (const [path, text] of Object.entries(WRITTEN)) await writeFile(join(root, path), text);
    await symlink('dash', join(root, 'bin/sh')).catch(() => undefined);
    await writeAuthorities(root);
    const archive = join(directory, 'base.tar');
    const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
    await run('tar', [...same, '-C', root, '-cf', archive, '.']);
    return readFile(archive);
  });
}

/** Removes everything whose path begins so. */
async function removeAll(root: string, beginning: string): Promise<void> {
  const at = beginning.lastIndexOf('/');
  const directory = join(root, beginning.slice(0, at));
  const names = await readdir(directory).catch(() => []);
  const gone = names.filter((name) => name.startsWith(beginning.slice(at + 1)));
  await Promise.all(gone.map((name) => rm(join(directory, name), { recursive: true })));
}

async function writeAuthorities(root: string): Promise<void> {
  const from = join(root, 'usr/share/ca-certificates/mozilla');
  const texts = await Promise.all((await readdir(from)).sort().map((name) => readFile(join(from, name), 'utf8')));
  await mkdir(join(root, 'etc/ssl/certs'), { recursive: true });
  await writeFile(join(root, 'etc/ssl/certs/ca-certificates.crt'), texts.map((text) => `${text.trim()}\n`).join(''));
}

async function nodeLayer(): Promise<Layer> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(NODE)) hash.update(chunk);
  return keptLayer('node', [hash.digest('hex')], async () =>
    makeTar([{ path: 'usr/local/bin/node', content: await readFile(NODE), mode: 0o755 }]),
  );
}

/** Built anew each time: it is what is being tested. */
async function agentLayer(): Promise<Layer> {
  await run(process.execPath, [join(ROOT, 'scripts/build.mjs'), 'agent'], { cwd: ROOT });
  const content = await readFile(join(ROOT, 'agent/dist/weaveflux.mjs'));
  return makeLayer(
    makeTar([
      { path: 'app', directory: true },
      { path: 'app/weaveflux.mjs', content, mode: 0o755 },
      { path: 'usr/local/bin/weaveflux', link: '/app/weaveflux.mjs' },
    ]),
  );
}
