import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextLink } from './link.ts';

const cases: [header: string | string[] | undefined, expected: string | undefined][] = [
  [undefined, undefined],
  ['', undefined],
  ['</v2/a/tags/list?last=2&n=3>; rel="next"', '/v2/a/tags/list?last=2&n=3'],
  ['<https://r.io/v2/a/tags/list?n=3>;rel=next', 'https://r.io/v2/a/tags/list?n=3'],
  ['</x>; rel="prev", </y>; rel="next"', '/y'],
  ['</x>; title="a, b"; rel="last next"', '/x'],
  ['</x>; REL=Next; title=t', '/x'],
  [['</x>; rel="first"', '</y>; rel="next"'], '/y'],
  ['</x>; rel="nextish"', undefined],
  ['</x>', undefined],
  ['rel="next"', undefined],
];

for (const [header, expected] of cases) {
  test(`Link ${JSON.stringify(header)}`, () => assert.equal(nextLink(header), expected));
}
