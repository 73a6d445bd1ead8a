import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { git } from '../git/command.ts';
import { temporaryDirectory } from '../watchdog.ts';
import { readZipMember } from './zip.ts';

test('reads files out of an archive that git made, stored and deflated', async () => {
  const directory = temporaryDirectory('zip');
  const long = 'a long line that deflates well\n'.repeat(1000);
  await writeFile(join(directory, 'short'), 'x');
  await writeFile(join(directory, 'long'), long);
  await git(directory, ['init', '--quiet']);
  await git(directory, ['add', '.']);
  await git(directory, ['commit', '--quiet', '--message=Files']);
  await git(directory, ['archive', '--format=zip', '--prefix=bin/', '--output=files.zip', 'HEAD']);
  const zip = await readFile(join(directory, 'files.zip'));
  assert.equal(readZipMember(zip, 'bin/short').toString(), 'x');
  assert.equal(readZipMember(zip, 'bin/long').toString(), long);
  assert.throws(() => readZipMember(zip, 'bin/missing'), /no bin\/missing/);
  assert.throws(() => readZipMember(Buffer.from('no archive'), 'x'), /not a zip archive/);
});
