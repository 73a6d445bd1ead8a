import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareVersions, parseVersion } from './semver.ts';

/** Semver 2.0.0 §11 and what loose reading adds, oldest first; equal ones on one line. */
const ascending = [
  '0.0.0-0',
  '0 0.0 0.0.0 v0',
  '0.0.1-alpha',
  '0.0.1',
  '0.9',
  '1.0.0-1',
  '1.0.0-2',
  '1.0.0-11',
  '1.0.0--1',
  '1.0.0-alpha 1-alpha v1.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1 1.0 1.0.0 v1.0.0 1.0.0+build.1 01.0.0',
  '1.2',
  '1.10',
  '2.0.0',
  '20240131.9',
  '20240201',
  '18446744073709551615',
];

test('versions order by precedence', () => {
  const parsed = ascending.map((line) => line.split(' ').map((text) => parseVersion(text)));
  for (const [i, lefts] of parsed.entries()) {
    for (const [j, rights] of parsed.entries()) {
      for (const left of lefts) {
        for (const right of rights) {
          assert.ok(left && right, `line ${i} or ${j} is no version`);
          assert.equal(
            Math.sign(compareVersions(left, right)),
            Math.sign(i - j),
            `${ascending[i]} with ${ascending[j]}`,
          );
        }
      }
    }
  }
});

for (const text of [
  '',
  'v',
  'V1',
  'latest',
  '1.',
  '.1',
  '1.2.3.4',
  '1.2.x',
  '1.0.0-',
  '1.0.0-01',
  '1.0.0-a..b',
  '1.0.0+',
  '1.2_3',
  ' 1',
  '1-a+b_c',
  '18446744073709551616',
]) {
  test(`"${text}" is no version`, () => assert.equal(parseVersion(text), undefined));
}
