import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { policiesPage } from './document.ts';
import { POLICY_KINDS } from './kinds.ts';
import { POLICY_PREFIXES, parsePolicy } from './parse.ts';

test('docs/reference/policies.md is what the tables say', () => {
  const written = readFileSync(new URL('../../../docs/reference/policies.md', import.meta.url), 'utf8');
  assert.equal(written, policiesPage(), 'docs/reference/policies.md is stale: run npm run docs');
});

test('every kind of policy is documented by an example that is understood', () => {
  assert.deepEqual(POLICY_KINDS.map((kind) => kind.prefix).sort(), [...POLICY_PREFIXES].sort());
  for (const kind of POLICY_KINDS) assert.ok(parsePolicy(kind.example).policy, kind.example);
});
