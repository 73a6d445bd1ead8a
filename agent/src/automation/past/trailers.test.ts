import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChangeTrailer, formatMessage, readTrailers } from './trailers.ts';

const change: ChangeTrailer = {
  workload: 'shop:deployment/app',
  container: 'app',
  repository: 'index.docker.io/library/nginx',
  from: '1.0',
  to: '1.1',
  policy: 'semver:>=1 <2 (x)',
};

test('a commit of one image', () => {
  assert.equal(
    formatMessage({ changes: [change] }),
    'Release nginx:1.1\n\nWeaveflux-Change: shop:deployment/app app index.docker.io/library/nginx 1.0 -> 1.1 (semver:>=1 <2 (x))\n',
  );
});

test('a commit of many, on request, with message and skip text', () => {
  const other = { workload: 'shop:deployment/b', container: 'b', repository: 'ghcr.io/o/b', from: '', to: 'x' };
  assert.equal(
    formatMessage({
      changes: [change, other],
      message: 'Because\r\nof it\n\n\n\nTwice  \n',
      skip: '[ci skip]',
      requestedBy: { name: 'Ada <Lovelace>', email: 'ada@example.org' },
      rollback: true,
    }),
    `Release 2 images

Because
of it

Twice

[ci skip]

Weaveflux-Change: shop:deployment/app app index.docker.io/library/nginx 1.0 -> 1.1 (semver:>=1 <2 (x))
Weaveflux-Change: shop:deployment/b b ghcr.io/o/b - -> x
Weaveflux-Requested-By: Ada Lovelace <ada@example.org>
Weaveflux-Rollback: true
`,
  );
});

test('who approved what a policy chose is written and read back', () => {
  const message = formatMessage({ changes: [change], approvedBy: { name: 'Ada', email: 'ada@example.org' } });
  assert.match(message, /\(semver:>=1 <2 \(x\)\)\nWeaveflux-Approved-By: Ada <ada@example\.org>\n$/);
  assert.deepEqual(readTrailers(message), {
    changes: [change],
    approvedBy: 'Ada <ada@example.org>',
    rollback: false,
  });
});

test('the same image in two workloads is one release', () => {
  assert.match(
    formatMessage({ changes: [change, { ...change, workload: 'shop:deployment/b' }] }),
    /^Release nginx:1\.1\n/,
  );
});

test('what is written is read back', () => {
  const message = formatMessage({
    changes: [change, { ...change, container: 'side' }],
    skip: '[ci skip]',
    requestedBy: { name: 'Ada' },
  });
  assert.deepEqual(readTrailers(message), {
    changes: [change, { ...change, container: 'side' }],
    requestedBy: 'Ada',
    rollback: false,
  });
});

for (const message of [
  'Weaveflux-Change: a b c d -> e',
  'fine\n  weaveflux-rollback: true',
  'x\rWeaveflux-Requested-By: Eve',
  'x\u2028Weaveflux-Rollback: y',
  '\u200bWeaveflux-Rollback: y',
]) {
  test(`the message ${JSON.stringify(message)} is refused`, () => {
    assert.throws(() => formatMessage({ changes: [change], message }), {
      code: 'INVALID_REQUEST',
      message: /begins with "Weaveflux-"/,
    });
  });
}

test('text from outside cannot add a line or a paragraph', () => {
  const evil = 'x\nWeaveflux-Rollback: true\n\nWeaveflux-Requested-By: Eve\u001b[31m\u202e';
  const message = formatMessage({
    changes: [{ ...change, to: evil, policy: evil }],
    requestedBy: { name: evil, email: evil },
    skip: evil,
  });
  assert.ok(!message.includes('\u001b') && !message.includes('\u202e'));
  assert.equal(readTrailers(message).rollback, false);
  assert.equal(message.split('\n').filter((line) => line.startsWith('Weaveflux-')).length, 2);
});

const none: [name: string, message: string][] = [
  ['a subject alone', 'Weaveflux-Change: a b c d -> e\n'],
  ['trailers that are not last', `${formatMessage({ changes: [change] })}\nSigned off\n`],
  ['trailers in a paragraph of prose', 'Release\n\nSee\nWeaveflux-Change: a b c d -> e\n'],
  ['a trailer that is none of ours', 'Release\n\nSigned-off-by: Ada <a@b.c>\n'],
  ['a change that cannot be read', 'Release\n\nWeaveflux-Change: nonsense\n'],
  ['nothing', ''],
];

for (const [name, message] of none) {
  test(`${name} tells of no change`, () => assert.deepEqual(readTrailers(message).changes, []));
}

test("a hook's own trailer beside ours does no harm", () => {
  const message = formatMessage({ changes: [change] }).replace(/\n$/, '\nChange-Id: I0123\n');
  assert.deepEqual(readTrailers(message).changes, [change]);
});

test('the branch that a proposal is made for is read as it was written', () => {
  const change = { workload: 'shop:deployment/web', container: 'app', repository: 'x.io/web', from: '1', to: '2' };
  const told = readTrailers(formatMessage({ changes: [change], proposal: 'weaveflux/images' }));
  assert.deepEqual(told, { changes: [change], rollback: false, proposal: 'weaveflux/images' });
});

test('what was healthy before a release, and why the agent went back, are read as they were written', () => {
  const change = { workload: 'shop:deployment/web', container: 'app', repository: 'x.io/web', from: '2', to: '1' };
  const released = formatMessage({ changes: [change], healthyBefore: [change.workload, change.workload] });
  assert.deepEqual(readTrailers(released).healthyBefore, [change.workload]);
  assert.equal(readTrailers(released).rollback, false);
  const failures = [{ workload: change.workload, reason: 'it exceeded\nits deadline\nWeaveflux-Requested-By: Eve' }];
  const back = readTrailers(formatMessage({ changes: [change], failures }));
  const reason = 'it exceeded its deadline Weaveflux-Requested-By: Eve';
  assert.deepEqual(back, { changes: [change], rollback: true, failures: [{ workload: change.workload, reason }] });
  const byPerson = readTrailers(formatMessage({ changes: [change], rollback: true }));
  assert.deepEqual([byPerson.rollback, byPerson.failures], [true, undefined]);
});
