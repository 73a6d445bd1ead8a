import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePolicy } from '@weaveflux/shared';
import fc from 'fast-check';
import { judgePolicy, policyExamples } from './policy-examples.ts';

const cases: { tag: string; policies: string[] }[] = [
  { tag: '1.4.2', policies: ['semver:~1.4', 'semver:^1', 'semver:*', 'newest:'] },
  { tag: 'v2.0', policies: ['semver:~2.0', 'semver:^2', 'semver:*', 'newest:'] },
  { tag: '1.4.2-rc.1', policies: ['semver:~1.4.0-0', 'semver:>=0.0.0-0', 'newest:'] },
  { tag: '1.27.3-alpine', policies: ['glob:1.27*-alpine', 'glob:*-alpine', 'newest:'] },
  { tag: '4711', policies: ['numerical:^(\\d+)$', 'newest:'] },
  { tag: 'build-123', policies: ['numerical:^build-(\\d+)$', 'glob:build-*', 'newest:'] },
  { tag: 'main-20300131-1a2b3c4', policies: ['numerical:^main-(\\d+)-[0-9a-f]+$', 'glob:main-*', 'newest:'] },
  { tag: '20300131120000-1a2b3c4', policies: ['numerical:^(\\d+)-[0-9a-f]+$', 'newest:'] },
  { tag: '2030-01-31', policies: ['alphabetical:^\\d{4}-\\d{2}-\\d{2}', 'newest:'] },
  { tag: 'main-1a2b3c4', policies: ['glob:main-*', 'newest:'] },
  { tag: '1a2b3c4d', policies: ['regexp:^[0-9a-f]{7,40}$', 'newest:'] },
  { tag: 'stable', policies: ['newest:'] },
  { tag: 'latest', policies: ['semver:*', 'newest:'] },
  { tag: '', policies: ['semver:*', 'newest:'] },
];

for (const { tag, policies } of cases) {
  test(`policies for ${tag || 'an image without a tag'}`, () => {
    assert.deepEqual(
      policyExamples(tag).map(({ policy }) => policy),
      policies,
    );
  });
}

test('every example admits the tag, whatever it is', () => {
  const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/);
  fc.assert(
    fc.property(tag, (text) => {
      if (text.toLowerCase() === 'latest') return;
      for (const { policy } of policyExamples(text))
        assert.equal(parsePolicy(policy).policy?.admits(text), true, policy);
    }),
    { numRuns: 2000 },
  );
});

test('a policy is judged as it is typed', () => {
  const tags = [{ tag: '1.4.2' }, { tag: '1.4.10' }, { tag: '2.0.0' }, { tag: 'main' }];
  assert.deepEqual(judgePolicy('semver:~1.4', tags), { kind: 'usable', matching: 2, known: 4, newest: '1.4.10' });
  assert.deepEqual(judgePolicy('x-*', tags), { kind: 'usable', matching: 0, known: 4, newest: undefined });
  const invalid = judgePolicy('regexp:(', tags);
  assert.equal(invalid.kind, 'invalid');
});
