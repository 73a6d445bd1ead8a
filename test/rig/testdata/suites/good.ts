import { describe, test } from 'node:test';

test('one', () => undefined);
describe('a group', () => {
  test('two', () => undefined);
  test('three', () => undefined);
});
