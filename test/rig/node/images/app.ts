import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ImageOptions, Layer } from '../../registry/images.ts';
import { run } from '../../tools/run.ts';
import { keptLayer } from './layers.ts';
import { makeTar } from './tar.ts';

const SOURCE = fileURLToPath(new URL('../../go/app', import.meta.url));

/** What runs as a pod's pause container, and what a registry is not asked for. */
export const PAUSE_IMAGE = 'rig.weaveflux.dev/pause:1';

/** An image of the small program, which does what the words say. */
export async function appImage(...words: readonly string[]): Promise<ImageOptions> {
  const config = { Entrypoint: ['/app', ...words], User: '65532:65532', Env: ['PATH=/'] };
  return { layers: [await appLayer()], config };
}

async function appLayer(): Promise<Layer> {
  const source = await readFile(join(SOURCE, 'main.go'), 'utf8');
  return keptLayer('app', [source], async (directory) => {
    const program = join(directory, 'app');
    const args = ['build', '-trimpath', '-ldflags', '-s -w', '-o', program, '.'];
    await run('go', args, { cwd: SOURCE, env: { CGO_ENABLED: '0' } });
    return makeTar([{ path: 'app', content: await readFile(program), mode: 0o755 }]);
  });
}
