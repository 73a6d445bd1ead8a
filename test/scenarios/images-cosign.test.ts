import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { findTool, temporaryDirectory } from '../rig/index.ts';
import { type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

const run = promisify(execFile);
const BUILD_DEADLINE = 30 * 60_000;

let images: ImageWorld;
let cosign: string;
before(
  async () => {
    [images, cosign] = await Promise.all([startImageWorld(), findTool('cosign')]);
  },
  { timeout: BUILD_DEADLINE },
);
after(() => images[Symbol.asyncDispose]());

/** How cosign is told to sign: without a log, as the test has none; in its own layout, or as a bundle. */
const LAYOUTS = {
  bundle: (config: string) => ['--signing-config', config],
  classic: () => ['--use-signing-config=false', '--tlog-upload=false', '--new-bundle-format=false'],
} as const;

for (const layout of ['bundle', 'classic'] as const) {
  test(`what cosign signs with a key is released, for several platforms, too (${layout})`, async () => {
    const { registry } = images;
    const name = `cosign-${layout}`;
    const digest = await registry.pushImage(name, { tag: '1.1.0', platforms: ['linux/amd64', 'linux/arm64'] });
    await registry.pushTags(name, ['1.0.0', '1.2.0']);
    const dir = temporaryDirectory('cosign');
    const env = { PATH: process.env.PATH, HOME: dir, TUF_ROOT: dir, COSIGN_PASSWORD: 'open' };
    await run(cosign, ['generate-key-pair'], { cwd: dir, env });
    const config = join(dir, 'signing-config.json');
    await writeFile(config, '{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json"}');
    const how = ['--yes', '--key', 'cosign.key', '--registry-cacert', registry.caFile, ...LAYOUTS[layout](config)];
    await run(cosign, ['sign', ...how, `${registry.host}/${name}@${digest}`], { cwd: dir, env });

    const containers = { app: `${registry.host}/${name}:1.0.0` };
    await using scene = await images.scene(name, {
      'web.yaml': workload('web', { annotations: policies({ app: 'semver:*' }), containers }),
      'cosign.pub': await readFile(join(dir, 'cosign.pub'), 'utf8'),
      '.weaveflux.yaml': `images:\n  verify:\n    - images: ["${registry.host}/*"]\n      key: cosign.pub\n`,
    });
    await scene.untilFile('web.yaml', `/${name}:1.1.0@${digest}`);
    const { chosen } = await scene.untilImage('1.2.0 to wait', 'web', ({ state }) => state === 'not-verified');
    assert.equal(chosen?.tag, '1.2.0');
  });
}
