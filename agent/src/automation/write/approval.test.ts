import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageSettings } from '@weaveflux/shared';
import type { Decided } from '../scan/scan.ts';
import { subjectIn, workloadText } from '../testing.ts';
import { awaitApproval, awaitingAmong, isApprovalDue } from './approval.ts';

const REQUIRED = { 'weaveflux.dev/approval': 'required' };
const WRITE = { branch: 'weaveflux/images' };

const RULES: readonly {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly settings?: ImageSettings;
  readonly due: boolean;
}[] = [
  { name: 'nothing says so', due: false },
  { name: 'the workload says so', annotations: REQUIRED, due: true },
  { name: 'the container says so', annotations: { 'weaveflux.dev/approval.app': 'required' }, due: true },
  { name: 'a rule is about all', settings: { approval: [{}] }, due: true },
  { name: 'a rule names the workload', settings: { approval: [{ workloads: ['*/web', 'shop:*/cart'] }] }, due: true },
  {
    name: 'rules name others',
    settings: { approval: [{ workloads: ['*/web'] }, { workloads: ['bank:*'] }] },
    due: false,
  },
  { name: 'there is no rule', settings: { approval: [] }, due: false },
  {
    name: 'all is proposed on a branch',
    annotations: REQUIRED,
    settings: { approval: [{}], write: WRITE },
    due: false,
  },
];

for (const { name, annotations = {}, settings = {}, due } of RULES) {
  test(`a person ${due ? 'approves' : 'is not asked'} where ${name}`, () => {
    assert.equal(isApprovalDue(updateOf(annotations).subject, settings), due);
  });
}

test('what would be committed waits, with the sentence and the command that resolve it', () => {
  const update = updateOf(REQUIRED);
  const current: Decided = { ...update, decision: { state: 'current', reason: 'It is.', needsMetadata: [] } };
  const [waiting, other] = awaitApproval([update, current], {}, false);
  const command = 'weaveflux approve shop:deployment/cart --container app --tag 1.5.0';
  assert.deepEqual(waiting?.decision, {
    ...update.decision,
    state: 'needs-approval',
    reason: `1.5.0 waits for approval; approve it in the editor, or run ${command}.`,
  });
  assert.equal(other, current);
  assert.deepEqual(awaitApproval([update], {}, true), [update], 'an agent that commits nothing only proposes anyway');
});

test('of a tag that was pushed again the digest is said to wait, and the command approves no other', () => {
  const digest = `sha256:${'d'.repeat(64)}`;
  const update = updateOf(REQUIRED, '1.5.0');
  const decision = { ...update.decision, to: `example.org/cart:1.5.0@${digest}` };
  const [waiting] = awaitApproval([{ ...update, decision }], {}, false);
  const { reason = '' } = waiting?.decision ?? {};
  assert.match(reason, /^The digest that 1\.5\.0 has now waits for approval; /);
  assert.ok(reason.endsWith(` --container app --tag 1.5.0@${digest}.`), reason);
});

const ANSWERS: readonly {
  readonly name: string;
  readonly settings: ImageSettings;
  readonly isReadonly?: boolean;
  readonly reason: RegExp;
}[] = [
  { name: 'nobody is to be asked', settings: {}, reason: /^The agent commits it without being asked\.$/ },
  { name: 'merging approves', settings: { write: WRITE }, reason: /on the branch weaveflux\/images; merge that\.$/ },
  { name: 'the agent commits nothing', settings: { approval: [{}] }, isReadonly: true, reason: /--git-readonly/ },
];

for (const { name, settings, isReadonly = false, reason } of ANSWERS) {
  test(`nothing can be approved where ${name}, and why is said`, () => {
    const answer = awaitingAmong([updateOf()], settings, isReadonly)('apps/Deployment/shop/cart', 'app');
    assert.equal(answer?.release, undefined);
    assert.match(answer?.reason ?? '', reason);
  });
}

test('what can be approved is the very reference that waits, also where it was not held back yet', () => {
  const settings = { approval: [{}] };
  const update = updateOf({ 'weaveflux.dev/tag.app': 'semver:~1' });
  const release = { tag: '1.5.0', text: 'example.org/cart:1.5.0', policy: 'semver:~1' };
  for (const decided of [[update], awaitApproval([update], settings, false)]) {
    const awaiting = awaitingAmong(decided, settings, false);
    assert.deepEqual(awaiting('apps/Deployment/shop/cart', 'app')?.release, release);
    assert.equal(awaiting('apps/Deployment/shop/cart', 'other'), undefined);
  }
});

function updateOf(annotations: Readonly<Record<string, string>> = {}, tag = '1.4.0'): Decided {
  const all = { 'weaveflux.dev/automated': 'true', ...annotations };
  const to = 'example.org/cart:1.5.0';
  return {
    subject: subjectIn(workloadText('cart', `example.org/cart:${tag}`, all)),
    decision: { state: 'update', reason: '1.5.0 is newer.', chosen: { tag: '1.5.0' }, to, needsMetadata: [] },
    held: new Map(),
    tags: () => [],
    unreadable: new Set(),
    decidedAt: new Date(0),
    scannedAt: undefined,
    problem: undefined,
  };
}
