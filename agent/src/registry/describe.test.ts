import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { RegistryClient } from './client.ts';
import { type DescribeJob, describeTags } from './describe.ts';
import { parsePlace } from './place.ts';
import { emptyRecord, type TagFacts, type TagRecord } from './tag-record.ts';

const CONFIG = JSON.stringify({ created: '2026-01-02T03:04:05Z', os: 'linux', architecture: 'arm64' });
const MANIFEST = JSON.stringify({ config: { digest: digestOf(CONFIG) } });
const KNOWN = digestOf(MANIFEST);
const PUSHED = '2026-02-02T00:00:00.000Z';

const CASES: readonly (readonly [
  what: string,
  before: TagFacts,
  platforms: boolean,
  asked: number,
  after: TagFacts,
])[] = [
  [
    'what is known of a tag but its platforms is enough where nobody asks for them',
    { digest: KNOWN, created: '2026-01-02T03:04:05.000Z' },
    false,
    0,
    { digest: KNOWN, created: '2026-01-02T03:04:05.000Z' },
  ],
  [
    'platforms that are asked for are read, though all else is known',
    { digest: KNOWN, created: '2026-01-02T03:04:05.000Z' },
    true,
    2,
    { digest: KNOWN, created: '2026-01-02T03:04:05.000Z', platforms: ['linux/arm64'] },
  ],
  [
    'a tag that is ordered by the time of its push stays so',
    { digest: KNOWN, pushed: PUSHED },
    true,
    2,
    { digest: KNOWN, pushed: PUSHED, platforms: ['linux/arm64'] },
  ],
  [
    'platforms that are known are not asked for again',
    { digest: KNOWN, platforms: [] },
    true,
    0,
    { digest: KNOWN, platforms: [] },
  ],
];

for (const [what, before, platforms, asked, after] of CASES) {
  test(what, async () => {
    const record = emptyRecord('example.org/app');
    record.listed.set('1', before);
    const requests: string[] = [];
    await describeTags(clientOf(requests), jobOf(record, platforms), AbortSignal.timeout(10_000));
    assert.deepEqual([requests.length, record.listed.get('1')], [asked, after], requests.join());
  });
}

function jobOf(record: TagRecord, platforms: boolean): DescribeJob {
  return {
    record,
    target: { place: parsePlace(record.name), credentials: [] },
    tags: ['1'],
    refresh: false,
    platforms,
    labelFirst: false,
    width: 1,
    isResting: () => false,
    rest: () => assert.fail('the tag can be read'),
    save: async () => undefined,
  };
}

function clientOf(requests: string[]): RegistryClient {
  return {
    async ask({ target }) {
      requests.push(String(target));
      const text = String(target).includes('/blobs/') ? CONFIG : MANIFEST;
      return { status: 200, headers: {}, body: Buffer.from(text), url: new URL('https://example.org/') };
    },
  };
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
