import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change } from '../api/requests.ts';
import { manifestsOf } from '../manifests/load.ts';
import { parseFile } from '../yaml/documents.ts';
import { applyChanges } from './apply.ts';
import type { Awaiting } from './context.ts';
import { planChanges } from './plan.ts';
import { DIGEST, deployment, FILE } from './testing.ts';

const OTHER = `sha256:${'e'.repeat(64)}`;
const TEXT = deployment('- { name: app, image: "r.io/app:1.0" } # kept', '- { name: side, image: r.io/side:7 }');

const app: Awaiting = { release: { tag: '1.1', text: 'r.io/app:1.1', policy: 'semver:~1' }, reason: '1.1 waits.' };
const pushedAgain: Awaiting = {
  release: { tag: '1.1', text: `r.io/app:1.1@${DIGEST}` },
  reason: 'The digest that 1.1 has now waits.',
};
const side: Awaiting = { release: { tag: '1.1', text: 'r.io/side:1.1' }, reason: '1.1 waits.' };
const none: Awaiting = { reason: '7 is the newest that its policy admits.' };

type Approve = Partial<Extract<Change, { kind: 'approve' }>>;

function approve(change: Approve, standing: Readonly<Record<string, Awaiting>> | undefined) {
  const { manifests } = manifestsOf(parseFile(FILE, TEXT));
  const plan = planChanges({
    manifests,
    changes: [{ kind: 'approve', workload: 'app', tag: '1.1', ...change }],
    requestedBy: { name: 'Ada' },
    tagsFor: () => assert.fail('no registry is asked'),
    previousTag: () => undefined,
    chosenTag: () => undefined,
    ...(standing === undefined ? {} : { awaiting: (_: string, container: string) => standing[container] }),
  });
  return { ...plan, text: applyChanges(new Map([[FILE, TEXT]]), plan.edits).get(FILE) };
}

test('an approval writes just what waits, and says which policy chose it', () => {
  const { text, images, outcomes } = approve({}, { app, side: none });
  assert.equal(text, TEXT.replace('r.io/app:1.0', 'r.io/app:1.1'));
  assert.deepEqual(
    images.map(({ from, to, policy, repository }) => ({ from, to, policy, repository })),
    [{ from: '1.0', to: '1.1', policy: 'semver:~1', repository: 'r.io/app' }],
  );
  assert.deepEqual(
    outcomes.map(({ result, message }) => [result, message]),
    [['configured', 'shop:deployment/app: app 1.0 -> 1.1.']],
  );
});

test('one approval is for every container that waits with this tag', () => {
  assert.equal(approve({}, { app, side }).images.length, 2);
  assert.deepEqual(
    approve({ container: 'side' }, { app, side }).images.map(({ place }) => place.container),
    ['side'],
  );
});

test('what waits is written with its digest', () => {
  const { text } = approve({ digest: DIGEST }, { app: pushedAgain });
  assert.match(text ?? '', new RegExp(`r\\.io/app:1\\.1@${DIGEST}`));
  const ofOne = approve({ container: 'app', digest: DIGEST }, { app });
  assert.equal(ofOne.images.length, 1, 'where none is written, none is compared');
});

test('a digest without a container is meant for those that write it', () => {
  const { images } = approve({ digest: DIGEST }, { app: pushedAgain, side });
  assert.deepEqual(
    images.map(({ place }) => place.container),
    ['app'],
  );
});

const REFUSALS: readonly {
  readonly name: string;
  readonly change?: Approve;
  readonly standing: Readonly<Record<string, Awaiting>> | undefined;
  readonly says: string;
}[] = [
  {
    name: 'another tag waits',
    change: { tag: '1.0.9' },
    standing: { app, side: none },
    says: 'shop:deployment/app is not approved with 1.0.9: app waits with 1.1 now; look again and approve that.',
  },
  {
    name: 'the tag was pushed again',
    change: { digest: OTHER },
    standing: { app: pushedAgain, side: none },
    says: `shop:deployment/app is not approved with 1.1@${OTHER}: app waits with 1.1@${DIGEST} now; look again and approve that.`,
  },
  {
    name: 'a digest would be written that nobody said was seen',
    standing: { app: pushedAgain, side: none },
    says: `shop:deployment/app is not approved with 1.1: app waits with 1.1@${DIGEST} now; look again and approve that.`,
  },
  {
    name: 'nothing waits',
    change: { container: 'side' },
    standing: { app, side: none },
    says: 'shop:deployment/app does not wait for approval of 1.1: 7 is the newest that its policy admits.',
  },
  {
    name: 'nothing is decided yet',
    standing: {},
    says: 'shop:deployment/app does not wait for approval of 1.1: It is being decided anew; look again in a moment.',
  },
  {
    name: 'there is no agent',
    standing: undefined,
    says: 'shop:deployment/app does not wait for approval of 1.1: Only the agent knows what waits.',
  },
];

for (const { name, change = {}, standing, says } of REFUSALS) {
  test(`an approval is refused where ${name}`, () => {
    const { problems, edits } = approve(change, standing);
    assert.deepEqual(
      problems.map(({ code, message }) => [code, message]),
      [['CONFLICT', says]],
    );
    assert.equal(edits.size, 0);
  });
}
