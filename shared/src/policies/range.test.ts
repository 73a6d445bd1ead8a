import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRange } from './range.ts';
import { parseVersion } from './semver.ts';

/** Each answer was checked against Masterminds/semver 3.1.1, the version of Flux v1. */
const cases: [range: string, admits: string, refuses: string][] = [
  // One comparison, complete version.
  ['1.4.2', '1.4.2 v1.4.2 1.4.2+build', '1.4.3 1.4.2-rc.1 1.4'],
  ['=1.4.2', '1.4.2', '1.4.1'],
  ['v1.4.2', '1.4.2 v1.4.2', '1.4.3'],
  ['!=1.4.2', '1.4.3 2 0.1 1.4.2-rc.1', '1.4.2 v1.4.2'],
  ['>1.4.2', '1.4.3 2', '1.4.2 1.4.1 2.0.0-rc.1'],
  ['>=1.4.2', '1.4.2 1.5', '1.4.1'],
  ['=>1.4.2', '1.4.2 1.5', '1.4.1'],
  ['<1.4.2', '1.4.1 0.1', '1.4.2 1.4.2-rc.1'],
  ['<=1.4.2', '1.4.2 1.4.1', '1.4.3'],
  ['=<1.4.2', '1.4.2 1.4.1', '1.4.3'],
  // Versions that stop early.
  ['1', '1 1.0.0 1.9.9 v1.2', '2 0.9 1.2.0-rc.1'],
  ['1.4', '1.4.0 1.4.9 1.4', '1.5 1.3.9 2.4'],
  ['=1.4', '1.4.7', '1.5'],
  ['!=1.4', '1.5 2.4.0 1.3.9', '1.4.0 1.4.9 1.5.0-rc.1'],
  ['!=1', '2 0.1', '1.0.0 1.9'],
  ['>1', '2 2.0.1', '1.0.1 1.9.9'],
  ['>1.4', '1.5 2', '1.4.9 1.4'],
  ['>=1', '1.0.0 3', '0.9.9'],
  ['>=1.4', '1.4 1.5', '1.3.9'],
  ['<1', '0.9.9', '1.0.0'],
  ['<1.4', '1.3.9', '1.4.0'],
  ['<=1', '1.9.9 0.1', '2.0.0'],
  ['<=1.4', '1.4.9 1.3', '1.5.0 2'],
  // Wildcards.
  ['*', '0.0.0 1 9.9.9', '1.0.0-rc.1 nope'],
  ['x', '0.0.0 1', '1.0.0-rc.1'],
  ['1.x', '1.0 1.9.9', '2.0'],
  ['1.X.X', '1.9.9', '2.0'],
  ['1.4.*', '1.4.0 1.4.7', '1.5.0'],
  ['1.*.7', '1.0.0 1.9', '2'],
  ['>1.4.x', '1.5.0', '1.4.9'],
  ['!=1.x', '2', '1.4'],
  ['~*', '0.1 7', '1.0.0-rc.1'],
  ['>*', '0.0.1 1', '0.0.0'],
  ['<=*', '0.0.7', '0.1.0 1'],
  // Tilde and caret.
  ['~1', '1.0.0 1.9.9', '2.0.0 0.9'],
  ['~1.4', '1.4.0 1.4.9', '1.5.0 1.3.9 1.4.5-rc.1'],
  ['~1.4.2', '1.4.2 1.4.9', '1.4.1 1.5.0'],
  ['~>1.4.2', '1.4.2 1.4.9', '1.4.1 1.5.0'],
  ['~ 1.4', '1.4.1', '1.5'],
  ['~0.0.0', '0.0.0 4.5.6', '1.0.0-rc.1'],
  ['~0', '0.9', '1.0'],
  ['^1', '1.0.0 1.9.9', '2.0.0 0.9'],
  ['^1.4', '1.4.0 1.9.9', '1.3.9 2.0.0 1.5.0-beta'],
  ['^1.4.2', '1.4.2 1.9.9', '1.4.1 2.0.0'],
  ['^0.2.3', '0.2.3 0.2.9', '0.2.2 0.3.0 1.2.3'],
  ['^0.2', '0.2.0 0.2.9', '0.3.0'],
  ['^0.0.3', '0.0.3', '0.0.4 0.0.2 1.0.3'],
  ['^0.0', '0.0.0 0.0.9', '0.1.0'],
  ['^0', '0.0.0 0.9.9', '1.0.0'],
  // AND by comma or space, OR, hyphens.
  ['>=1.2, <2', '1.2 1.9.9', '1.1 2'],
  ['>=1.2 <2', '1.2 1.9.9', '1.1 2'],
  ['>= 1.2 , < 2', '1.2', '2'],
  ['>=1.2 <2 !=1.4.2', '1.4.1', '1.4.2'],
  ['>=1.2,<2||>=3', '1.2 3 7', '2.5 1.1'],
  ['>=1.2 <2 || >=3 <4', '1.2 3.9', '2.5 4'],
  ['1.2 - 1.4', '1.2.0 1.4.9 1.3', '1.1.9 1.5.0'],
  ['1.2.3 - 2', '1.2.3 2.9.9', '1.2.2 3'],
  ['1 - 2 || 4.1.x', '1 2.9 4.1.7', '3 4.2'],
  // A pre-release takes part only where the comparison has one too.
  ['>=1.4.0-0', '1.4.0-alpha 1.4.0 2.0.0-rc.1', '1.3.9 1.3.9-rc.1'],
  ['>=0-0', '0.0.1-alpha 0.0.0-0 1', 'nope'],
  ['~1.4.0-0', '1.4.0-alpha 1.4.7-rc.1 1.4.9', '1.5.0-rc.1'],
  ['^1.4.0-rc.2', '1.4.0-rc.2 1.4.0-rc.11 1.4.0 1.9.0-beta', '1.4.0-rc.1 1.4.0-beta 2.0.0'],
  ['>=1.0.0-0 <2.0.0', '1.0.0 1.9.9', '1.5.0-rc.1'],
  ['>=1.0.0-0 <2.0.0-0', '1.5.0-rc.1 1.9.9', '2.0.0-alpha 2.0.0'],
  ['2.0.1-alpha.1', '2.0.1-alpha.1', '2.0.1 2.0.1-alpha.2'],
  ['1-alpha', '1.0.0-beta 1.5.0', '0.9 2.0.0'],
  ['*-0', '1.0.0', '1.0.0-rc.1'],
];

for (const [range, admits, refuses] of cases) {
  test(`${range} admits ${admits}, not ${refuses}`, () => {
    const holds = parseRange(range, 'comparison');
    assert.ok(holds, 'is a range');
    const lets = (text: string): boolean => {
      const version = parseVersion(text);
      return version !== undefined && holds(version);
    };
    assert.deepEqual(
      admits.split(' ').filter((text) => !lets(text)),
      [],
      'refused though they belong to it',
    );
    assert.deepEqual(refuses.split(' ').filter(lets), [], 'admitted though they do not belong to it');
  });
}

test('^0.0.3 stays at that patch, as Masterminds/semver corrected it after 3.1.1', () => {
  const version = parseVersion('0.1.3');
  assert.equal(version && parseRange('^0.0.3', 'comparison')?.(version), false);
});

test('in a group, as Flux v2 has it, one pre-release lets pre-releases into all comparisons beside it', () => {
  const admits = (range: string, text: string): boolean | undefined => {
    const version = parseVersion(text);
    return version && parseRange(range, 'group')?.(version);
  };
  assert.equal(admits('>=1.0.0-0 <2.0.0', '1.5.0-rc.1'), true);
  assert.equal(admits('>=1.0.0 <2.0.0 || 3.0.0-0', '1.5.0-rc.1'), false);
  assert.equal(admits('*-0', '1.0.0-rc.1'), true);
  assert.equal(admits('!=1.4.2', '1.4.2-rc.1'), false);
});

for (const range of [
  '',
  ' ',
  'foo',
  '>= bar',
  '1.2 ||',
  '|| 1',
  '1.2.3.4',
  '~~1',
  '>>1',
  '1.2 foo',
  '!1',
  '==1',
  '1.0.0-01',
  'V1',
  '99999999999999999999',
]) {
  test(`"${range}" is no range`, () => assert.equal(parseRange(range, 'comparison'), undefined));
}
