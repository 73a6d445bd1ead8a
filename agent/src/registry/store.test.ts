import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openStore } from './store.ts';
import { fileNameOf, readRecord, writeRecord } from './store-file.ts';
import { applyFacts, applyList, emptyRecord } from './tag-record.ts';

let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'weaveflux-store-'));
});
after(() => rm(root, { recursive: true, force: true }));

const digest = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}`;

for (const name of ['../../etc/passwd', '/abs', '..', '.', 'a\0b', 'CON', 'x'.repeat(5000), 'ä/ö', '-rf']) {
  test(`the file of ${JSON.stringify(name.slice(0, 20))} stays in its directory`, () => {
    assert.match(fileNameOf(name), /^[a-z0-9_-][a-z0-9._-]{0,120}\.json$/);
  });
}

test('names that differ have files that differ', () => {
  const names = ['a/b', 'a_b', 'A/b', 'a/b/', 'a//b'];
  assert.equal(new Set(names.map(fileNameOf)).size, names.length);
});

test('a record comes back as it was, and not as another repository', () => {
  const record = emptyRecord('r.io/a');
  applyList(record, { tags: new Set(['1', '2', '3']), dropped: 2, etag: '"e"' }, '2026-01-01T00:00:00.000Z');
  applyFacts(record, '1', { digest: digest(1), created: '2025-01-01T00:00:00.000Z' });
  applyFacts(record, '2', { digest: digest(2), platforms: ['linux/amd64', 'linux/arm64/v8'] });
  applyFacts(record, '3', { digest: digest(3), platforms: [] });
  applyList(record, { tags: new Set(['2', '3']), dropped: 2, etag: '"e"' }, '2026-01-02T00:00:00.000Z');
  assert.deepEqual(readRecord(writeRecord(record), 'r.io/a'), record);
  assert.throws(() => readRecord(writeRecord(record), 'r.io/b'));
});

test('a file of version 1 is read with all that was known, and written as version 2', () => {
  const about = { name: 'r.io/a', scannedAt: '2026-01-02T00:00:00.000Z', etag: '"e"', dropped: 2 };
  const listed = [['1'], ['2', digest(2), '2025-01-01T00:00:00.000Z', '', 'linux/amd64,linux/arm64'], ['3', digest(3)]];
  const deleted = [
    { tag: '0', digest: digest(9), created: '2024-01-01T00:00:00.000Z', since: '2026-01-01T00:00:00.000Z' },
  ];
  const record = readRecord(JSON.stringify({ version: 1, ...about, listed, deleted }), 'r.io/a');
  const expected = emptyRecord('r.io/a');
  applyList(expected, { tags: new Set(['1', '2', '3']), dropped: 2, etag: '"e"' }, about.scannedAt);
  const platforms = ['linux/amd64', 'linux/arm64'];
  applyFacts(expected, '2', { digest: digest(2), created: '2025-01-01T00:00:00.000Z', platforms });
  applyFacts(expected, '3', { digest: digest(3) });
  const { tag, ...facts } = deleted[0] ?? assert.fail();
  expected.deleted.set(tag, facts);
  assert.deepEqual(record, expected);
  const written = writeRecord(record);
  assert.equal(JSON.parse(written).version, 2);
  assert.deepEqual(readRecord(written, 'r.io/a'), expected);
});

test('a tag that is deleted while it is read is not listed again, and what was read of it is kept', () => {
  const record = emptyRecord('r.io/a');
  applyList(record, { tags: new Set(['1', '2']), dropped: 0 }, 't1');
  applyFacts(record, '2', { digest: digest(2) });
  applyList(record, { tags: new Set(['1']), dropped: 0, etag: '"e"' }, 't2');
  assert.ok(applyFacts(record, '2', { digest: digest(3) }));
  assert.equal(applyFacts(record, '2', { digest: digest(3) }), false, 'it is news once');
  assert.deepEqual([record.listed.names(), record.deleted.get('2')], [['1'], { digest: digest(3), since: 't2' }]);
  assert.equal(record.etag, '"e"');
});

test('a tag that is read but not listed stays only until the next list, which is read anew for it', () => {
  const record = emptyRecord('r.io/a');
  const page = { entries: 1, hash: 'h' };
  applyList(record, { tags: new Set(['1', '2']), dropped: 0 }, 't1');
  const list = { tags: new Set(['1']), dropped: 0, etag: '"e"', page } as const;
  applyList(record, list, 't2');
  applyFacts(record, '2', { digest: digest(2) });
  assert.deepEqual([record.etag, record.page], [undefined, undefined]);
  applyList(record, list, 't3');
  assert.deepEqual([record.listed.names(), record.deleted.get('2')], [['1'], { digest: digest(2), since: 't3' }]);
});

test('of deleted tags the newest 2,000 that were read are kept', () => {
  const record = emptyRecord('r.io/a');
  const tags = new Set(Array.from({ length: 2100 }, (_, n) => `t${n}`));
  applyList(record, { tags: new Set([...tags, 'unread']), dropped: 0 }, '2026-01-01T00:00:00.000Z');
  for (const [n, tag] of [...tags].entries()) applyFacts(record, tag, { digest: digest(n) });
  applyList(record, { tags: new Set(['left']), dropped: 0 }, '2026-01-02T00:00:00.000Z');
  assert.deepEqual(
    [record.deleted.size, record.deleted.has('t99'), record.deleted.has('unread')],
    [2000, false, false],
  );
});

test('a partial list deletes nothing; a tag that comes back has to be read again', () => {
  const record = emptyRecord('r.io/a');
  const partial = { severity: 'warning', code: 'REGISTRY_FAILED', message: 'm' } as const;
  applyList(record, { tags: new Set(['1', '2']), dropped: 0 }, 't1');
  applyFacts(record, '1', { digest: digest(1) });
  applyList(record, { tags: new Set(['2']), dropped: 0, partial }, 't2');
  assert.ok(record.listed.has('1'));
  applyList(record, { tags: new Set(['2']), dropped: 0 }, 't3');
  applyList(record, { tags: new Set(['1', '2']), dropped: 0 }, 't4');
  assert.deepEqual([record.listed.get('1'), record.deleted.size], [{}, 0]);
});

test('a million tags of which nothing is known are not worth a file of that size', () => {
  const record = emptyRecord('r.io/a');
  const tags = new Set(Array.from({ length: 1_000_000 }, (_, n) => `some-longish-tag-${n}`));
  applyList(record, { tags, dropped: 0 }, 't');
  applyFacts(record, 'some-longish-tag-7', { digest: digest(7) });
  const back = readRecord(writeRecord(record), 'r.io/a');
  assert.deepEqual([...back.listed], [['some-longish-tag-7', { digest: digest(7) }]]);
});

test('the oldest files make room for new ones', async () => {
  const directory = join(root, 'small');
  const store = openStore({ directory, warn: assert.fail, maxBytes: 300 });
  for (const [n, name] of ['a', 'b', 'c', 'd', 'e', 'f', 'g'].entries()) {
    await store.save(emptyRecord(`r.io/${name}`));
    await utimes(join(directory, fileNameOf(`r.io/${name}`)), n, n);
  }
  const files = await readdir(directory);
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(directory, file))).size));
  assert.ok(sizes.reduce((sum, size) => sum + size, 0) <= 300);
  assert.ok(files.includes(fileNameOf('r.io/g')) && !files.includes(fileNameOf('r.io/a')));
});

test('what cannot be written is a warning', async () => {
  const warnings: string[] = [];
  const store = openStore({ directory: '/dev/null/x', warn: (message) => warnings.push(message) });
  await store.save(emptyRecord('r.io/a'));
  assert.match(warnings.join(), /could not be stored/);
});
