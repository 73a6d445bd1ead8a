import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Layer, makeLayer } from '../../registry/images.ts';
import { install } from '../../tools/cache.ts';
import { cacheDirectory } from '../../tools/find.ts';

const FILE = 'layer.tar.gz';
const ABOUT = 'layer.json';

/**
 * A layer that is kept between runs, by name and by `key`: everything that its content depends on. `make` gives the
 * tar archive where there is none yet, and works in a directory of its own.
 */
export async function keptLayer(
  name: string,
  key: readonly string[],
  make: (directory: string) => Promise<Buffer>,
): Promise<Layer> {
  const hash = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 12);
  const directory = join(cacheDirectory(process.env, 'layers'), `${name}-${hash}`);
  const report = (line: string) => process.stderr.write(`${line}\n`);
  await install(directory, FILE, report, async (into) => {
    report(`making the layer ${name} for images of the rig, this once`);
    const work = join(into, 'work');
    await mkdir(work);
    const { gzip, diffId, size } = makeLayer(await make(work));
    await rm(work, { recursive: true });
    await writeFile(join(into, ABOUT), JSON.stringify({ diffId, size }));
    await writeFile(join(into, FILE), gzip);
  });
  const { diffId, size } = JSON.parse(await readFile(join(directory, ABOUT), 'utf8'));
  return { gzip: await readFile(join(directory, FILE)), diffId, size };
}
