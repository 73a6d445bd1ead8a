import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readAgentUrl } from './agent-url.ts';

const USABLE: readonly [string, string][] = [
  ['http://127.0.0.1:3030', 'http://127.0.0.1:3030'],
  ['http://127.0.0.1:3030/', 'http://127.0.0.1:3030'],
  ['http://localhost:3030', 'http://localhost:3030'],
  ['http://[::1]:3030', 'http://[::1]:3030'],
  ['http://127.1:3030', 'http://127.0.0.1:3030'],
  [' https://agent.example/weaveflux/?x=1#y ', 'https://agent.example/weaveflux'],
];

const REFUSED: readonly [string, RegExp][] = [
  ['http://agent.example:3030', /^The address http:\/\/agent\.example:3030 .*https only/],
  ['http://127.0.0.1.example:3030', /https only/],
  ['http://10.0.0.1', /https only/],
  ['https://ann:hunter2@agent.example', /^The address https:\/\/agent\.example .*has a login/],
  ['file:///etc/passwd', /neither https nor http/],
  ['agent', /is no address/],
  ['', /is no address/],
];

describe('an address in the settings is used', () => {
  for (const [text, url] of USABLE)
    test(text, () => assert.deepEqual(readAgentUrl(text), { kind: 'usable', url, origin: new URL(url).origin }));
});

describe('an address in the settings is refused', () => {
  for (const [text, message] of REFUSED)
    test(text, () => {
      const read = readAgentUrl(text);
      assert.ok(read.kind === 'refused');
      assert.match(read.message, message);
      assert.doesNotMatch(read.message, /hunter2/);
    });
});
