import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

test('fine', () => undefined);
describe('a group', () => {
  test('adds up', () => {
    console.log('about to add');
    assert.equal(2 + 3, 4);
  });
});
