import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitFor } from '../rig/index.ts';
import { makeGpgKey, makeSshKey, type SigningKey } from '../support/signing-keys.ts';
import { type ImageScene, type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

const OWN = 'weaveflux/images';
const NAMES = ['one', 'two'];

/** Where commits go. */
const PLACES = [
  { name: "the environment's branch", branch: 'main', write: '' },
  { name: 'a branch of its own', branch: OWN, write: `  write: { branch: ${OWN} }\n` },
];

/** How they are worded: settings, and subjects, the newest last. What is proposed is always one commit. */
const WORDINGS = [
  { name: 'one for all', settings: '', subjects: ['Release 2 images'], proposed: ['Release 2 images'] },
  {
    name: 'one a workload, by a template',
    settings: '  commit: workload\n  message: "ci: {{workload}} to {{to}}"\n',
    subjects: ['ci: $:deployment/one to 2', 'ci: $:deployment/two to 2'],
    proposed: ['ci: $:deployment/one, $:deployment/two to 2'],
  },
];

const KEYS: Readonly<Record<string, () => SigningKey>> = { SSH: makeSshKey, GPG: makeGpgKey };

let images: ImageWorld;
before(async () => {
  images = await startImageWorld();
  for (const name of NAMES) await images.registry.pushTags(name, ['1', '2']);
});
after(() => images?.[Symbol.asyncDispose]());

let count = 0;
for (const place of PLACES) {
  for (const wording of WORDINGS) {
    for (const [signed, makeKey] of Object.entries(KEYS)) {
      test(`commits on ${place.name}, ${wording.name}, are signed by ${signed}`, async () => {
        using key = makeKey();
        count += 1;
        const namespace = `mode-${count}`;
        const settings = place.write + wording.settings;
        const files = NAMES.map((name) => [`${name}.yaml`, web(name)]);
        const all = {
          ...Object.fromEntries(files),
          ...(settings ? { '.weaveflux.yaml': `images:\n${settings}` } : {}),
        };
        await using scene = await images.scene(namespace, all, key.flags);
        const expected = place.branch === OWN ? wording.proposed : wording.subjects;

        const commits = await untilCommits(scene, place.branch, expected.length);
        const subjects = await Promise.all(commits.map((commit) => read(scene, '%s', commit)));
        assert.deepEqual(
          subjects.sort(),
          expected.map((subject) => subject.replaceAll('$', namespace)),
        );
        for (const name of NAMES) {
          const text = await scene.repository.read(`${name}.yaml`, place.branch);
          assert.equal(text, web(name).replace(`/${name}:1 `, `/${name}:2 `));
        }
        for (const commit of commits) await scene.repository.git([...key.verifiedBy, 'verify-commit', commit]);
        const text = (await Promise.all(commits.map((commit) => read(scene, '%b', commit)))).join('\n');
        assert.equal(text.match(/^Weaveflux-Change: /gm)?.length, NAMES.length);
        if (place.branch === OWN) assert.equal(await read(scene, '%s', 'main'), 'First files');
        else await untilDelivered(scene);
      });
    }
  }
}

/** The agent's commits on a branch, once there are so many. */
async function untilCommits({ repository, running }: ImageScene, branch: string, wanted: number): Promise<string[]> {
  return waitFor({ what: `${wanted} commits on ${branch}`, deadline: 60_000, interval: 200 }, async () => {
    const text = await repository.git(['log', '--author=Weave Flux', '--format=%H', branch]);
    const found = text.split('\n').filter((line) => line !== '');
    if (found.length === wanted) return found;
    throw new Error(`${text}\n${running.process.tail(5)}`);
  });
}

async function untilDelivered({ repository, running }: ImageScene): Promise<void> {
  const head = await repository.head();
  await running.until('what was committed to be applied', ({ sync }) => sync.appliedRevision === head, 60_000);
}

async function read({ repository }: ImageScene, format: string, commit: string): Promise<string> {
  return (await repository.git(['log', '-1', `--format=${format}`, commit])).trim();
}

function web(name: string): string {
  const image = `${images.registry.host}/${name}:1`;
  return workload(name, { annotations: policies({ app: 'numerical:' }), containers: { app: image } });
}
