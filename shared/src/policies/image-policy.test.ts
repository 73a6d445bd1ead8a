import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestsOf } from '../manifests/load.ts';
import { parseFile } from '../yaml/documents.ts';
import { policyOfImagePolicy } from './image-policy.ts';
import type { PolicyResult } from './result.ts';

function policyOf(spec: string): PolicyResult {
  const text = `apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\nmetadata: {name: app, namespace: flux-system}\nspec: ${spec}\n`;
  const [manifest] = manifestsOf(parseFile('p.yaml', text)).manifests;
  assert.ok(manifest);
  return policyOfImagePolicy(manifest);
}

const cases: { spec: string; text: string; ascending: string[]; refuses?: string[] }[] = [
  {
    spec: '{policy: {semver: {range: ">=1.0.0-0 <2"}}}',
    text: 'semver:>=1.0.0-0 <2',
    ascending: ['1.0.0', '1.1.0-rc.1', '1.1.0'],
    refuses: ['2.0.0', 'x'],
  },
  { spec: '{policy: {alphabetical: {}}}', text: 'alphabetical:', ascending: ['a', 'b'] },
  { spec: '{policy: {alphabetical: {order: asc}}}', text: 'alphabetical:', ascending: ['a', 'b'] },
  { spec: '{policy: {alphabetical: {order: desc}}}', text: 'alphabetical: desc', ascending: ['b', 'a'] },
  { spec: '{policy: {numerical: {order: desc}}}', text: 'numerical: desc', ascending: ['10', '9'], refuses: ['x'] },
  {
    spec: "{policy: {numerical: {order: asc}}, filterTags: {pattern: '^main-[a-f0-9]+-(?P<ts>[0-9]+)', extract: '$ts'}}",
    text: 'numerical:',
    ascending: ['main-ff-9', 'main-aa-10'],
    refuses: ['main-x-9', '9'],
  },
  {
    spec: `{policy: {semver: {range: '*'}}, filterTags: {pattern: '^v(\\d+)_(\\d+)$', extract: '\${1}.$2.0'}}`,
    text: 'semver:*',
    ascending: ['v1_9', 'v1_10'],
    refuses: ['1.0.0'],
  },
  {
    spec: "{policy: {semver: {range: '*'}}, filterTags: {pattern: '-arm64$'}}",
    text: 'semver:*',
    ascending: [],
    refuses: ['1.0.0'],
  },
  {
    spec: "{policy: {alphabetical: {}}, filterTags: {pattern: '^(x)', extract: '$nope'}}",
    text: 'alphabetical:',
    ascending: ['xa', 'xb'],
  },
];

for (const { spec, text, ascending, refuses = [] } of cases) {
  test(`${spec} is understood`, () => {
    const { policy } = policyOf(spec);
    assert.equal(policy?.text, text);
    assert.deepEqual(
      ascending.filter((tag) => !policy?.admits(tag)),
      [],
    );
    assert.deepEqual(
      refuses.filter((tag) => policy?.admits(tag)),
      [],
    );
    for (const [index, tag] of ascending.entries()) {
      const next = ascending[index + 1];
      if (next !== undefined)
        assert.ok((policy?.compare({ tag: next }, { tag }) ?? 0) > 0, `${next} is newer than ${tag}`);
    }
  });
}

const invalid: [spec: string, says: RegExp][] = [
  ['{}', /one of semver, alphabetical and numerical/],
  ['{policy: {semver: {range: "1"}, numerical: {}}}', /one of/],
  ['{policy: {semver: {}}}', /no version range/],
  ['{policy: {alphabetical: {order: up}}}', /"up"; it takes asc or desc/],
  ['{policy: {numerical: {}}, filterTags: {pattern: "("}}', /no RE2/],
];

for (const [spec, says] of invalid) {
  test(`${spec} is a problem`, () => {
    const { policy, invalid: problem } = policyOf(spec);
    assert.equal(policy, undefined);
    assert.match(problem?.message ?? '', says);
  });
}
