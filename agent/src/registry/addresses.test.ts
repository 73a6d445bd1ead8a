import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reachOf } from './addresses.ts';

const cases: [address: string, expected: ReturnType<typeof reachOf>][] = [
  ['8.8.8.8', 'public'],
  ['2606:4700::1', 'public'],
  ['10.1.2.3', 'private'],
  ['172.31.0.1', 'private'],
  ['172.32.0.1', 'public'],
  ['127.0.0.2', 'private'],
  ['0.0.0.0', 'private'],
  ['[::1]', 'private'],
  ['::', 'private'],
  ['fd12::1', 'private'],
  ['::ffff:10.0.0.1', 'private'],
  ['169.254.169.254', 'link-local'],
  ['[fe80::1]', 'link-local'],
  ['[::ffff:a9fe:a9fe]', 'link-local'],
  ['fd00:ec2::254', 'link-local'],
  ['100.100.100.200', 'link-local'],
  ['example.com', undefined],
];

for (const [address, expected] of cases) {
  test(`${address} is ${expected ?? 'a name'}`, () => assert.equal(reachOf(address), expected));
}
