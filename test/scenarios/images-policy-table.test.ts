import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { RigRegistry, TagOptions } from '../rig/index.ts';
import { POLICY_ROWS, type PolicyRow } from './images-policy-rows.ts';
import { type ImageScene, type ImageWorld, startImageWorld, workload } from './images-support.ts';

const NAME = 'table';
let images: ImageWorld;
let scene: ImageScene;
/** By row: what its file says before and after. */
const texts = new Map<string, { readonly before: string; readonly after: string }>();

before(async () => {
  images = await startImageWorld({ kind: 'distribution', auth: 'token', pageSize: 3 });
  const prepared = await Promise.all(POLICY_ROWS.map((each) => prepare(each, images.registry)));
  for (const [at, { name }] of POLICY_ROWS.entries()) texts.set(name, prepared[at] ?? assert.fail(name));
  const files = [...texts].map(([name, { before: text }]) => [`${name}.yaml`, text]);
  const login = join(images.world.dir, 'docker-config.json');
  await writeFile(login, images.registry.dockerConfig());
  const flags = { 'docker-config': login, 'registry-rps': '1000', 'registry-burst': '200' };
  scene = await images.scene(NAME, Object.fromEntries(files), flags);
  for (const [name, { after: text }] of texts) await scene.untilFile(`${name}.yaml`, text);
});
after(() => images?.[Symbol.asyncDispose]());

for (const { name, from, to, digest } of POLICY_ROWS) {
  const said = to === undefined ? `leaves ${from}` : digest === 'moved' ? `follows ${to}` : `takes ${from} to ${to}`;
  test(`${name} ${said}`, async () => {
    assert.equal(await scene.repository.read(`${name}.yaml`), texts.get(name)?.after);
  });
}

test('each is changed once, and the next scan finds nothing more to do', async () => {
  // What one scan decides has been written when the next one ends.
  for (const round of ['another scan', 'the one after it']) {
    const { scannedAt } = await scene.image('semver-tilde');
    await scene.untilImage(round, 'semver-tilde', (image) => image.scannedAt !== scannedAt);
  }
  const messages = await scene.repository.git(['log', '--format=%B', 'main']);
  const changed = messages.match(/^Weaveflux-Change: \S+/gm) ?? [];
  const expected = POLICY_ROWS.filter(({ to }) => to !== undefined);
  assert.deepEqual(changed.sort(), expected.map(({ name }) => `Weaveflux-Change: ${NAME}:deployment/${name}`).sort());
});

/** Pushes a row's tags; what its file says before and must say afterwards. */
async function prepare(each: PolicyRow, registry: RigRegistry): Promise<{ before: string; after: string }> {
  const { name, from, to = from, digest } = each;
  const repository = `${NAME}/${name}`;
  const old = digest === 'moved' ? await registry.pushImage(repository, { tag: from }) : undefined;
  const digests = new Map<string, string>();
  for (const options of each.tags.map(dated)) digests.set(options.tag, await registry.pushImage(repository, options));
  const [written, wanted] = [old, digest && digests.get(to)].map((one) => (one === undefined ? '' : `@${one}`));
  const image = `${registry.host}/${repository}`;
  const before = textOf(each, `${image}:${from}${written}`, image);
  const after = before.replace(`${image}:${from}${written}`, `${image}:${to}${wanted}`);
  assert.equal(before === after, each.to === undefined, 'what is expected of a row is written in its file already');
  return { before, after };
}

function textOf({ name, annotations = {}, imagePolicy }: PolicyRow, image: string, repository: string): string {
  const text = workload(name, { annotations, containers: { app: image } });
  if (imagePolicy === undefined) return text;
  const marker = JSON.stringify({ $imagepolicy: `${NAME}:${name}` });
  const reads = { apiVersion: 'image.toolkit.fluxcd.io/v1', metadata: { name, namespace: NAME } };
  const documents = [
    { ...reads, kind: 'ImageRepository', spec: { image: repository } },
    { ...reads, kind: 'ImagePolicy', spec: { imageRepositoryRef: { name }, ...imagePolicy } },
  ];
  const rest = documents.map((document) => `---\n${JSON.stringify(document)}\n`).join('');
  return text.replace('# kept by the agent', `# ${marker}`) + rest;
}

function dated(tag: string | TagOptions, index: number): TagOptions {
  const created = new Date(Date.UTC(2025, 0, 1, index)).toISOString();
  return typeof tag === 'string' ? { tag, created } : { created, ...tag };
}
