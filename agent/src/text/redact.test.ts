import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneLine, shorten } from './one-line.ts';
import { redact } from './redact.ts';

const SECRET = 'p4ss/w"rd?';
const REDACTIONS: readonly [text: string, expected: string][] = [
  [`token ${SECRET}!`, 'token ***!'],
  [`basic ${Buffer.from(SECRET).toString('base64')}`, 'basic ***'],
  [`?key=${encodeURIComponent(SECRET)}&x`, '?key=***&x'],
  [JSON.stringify({ key: SECRET }), '{"key":"***"}'],
  ['https://ada:geheim@git.example.com/x.git failed', 'https://***@git.example.com/x.git failed'],
  ['https://ghp_0123@github.com/x', 'https://***@github.com/x'],
  ['ssh://git@git.example.com/x', 'ssh://git@git.example.com/x'],
  ['ssh://git:geheim@git.example.com/x', 'ssh://***@git.example.com/x'],
  ['https://ada:gehe@im@git.example.com/x', 'https://***@git.example.com/x'],
  ['git://token@git.example.com/x', 'git://***@git.example.com/x'],
  ['git+ssh://git@git.example.com/x', 'git+ssh://git@git.example.com/x'],
  ['mail ada@example.com about https://example.com', 'mail ada@example.com about https://example.com'],
  ['short ones like ab stay', 'short ones like ab stay'],
];

for (const [text, expected] of REDACTIONS) {
  test(`redact: ${expected}`, () => {
    assert.equal(redact(text, [SECRET, 'ab']), expected);
  });
}

test('one line has no control characters and is cut where it is told', () => {
  assert.equal(oneLine('a\n\u001b[31mb\tc\u202ed'), 'a [31mb c d');
  assert.equal(oneLine('abcdef', 3), 'abc…');
});

test('a long text ends in an ellipsis within its length, with no character cut in two', () => {
  assert.equal(shorten('abc', 3), 'abc');
  assert.equal(shorten('abcd', 3), 'ab…');
  assert.equal(shorten('a😀bc', 3), 'a…');
});
