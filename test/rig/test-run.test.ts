import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { waitFor } from './wait.ts';
import { temporaryDirectory } from './watchdog.ts';

const RUNNER = fileURLToPath(new URL('./testdata/run-files.mjs', import.meta.url));

function start(files: readonly string[], env: Record<string, string>) {
  const paths = files.map((file) => fileURLToPath(new URL(`./testdata/suites/${file}`, import.meta.url)));
  const { NODE_TEST_CONTEXT: _, ...own } = process.env;
  return spawn(process.execPath, [RUNNER, ...paths], { env: { ...own, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Runs files of testdata as `npm test` runs suites; gives the lines printed and the exit code. */
async function runFiles(files: readonly string[], env: Record<string, string> = {}) {
  const child = start(files, env);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = await once(child, 'close');
  const lines = Buffer.concat(chunks).toString().trimEnd().split('\n');
  return { code, last: lines.at(-1), text: lines.join('\n') };
}

test('the last line counts, and all is well with the exit code', async () => {
  const { code, last } = await runFiles(['good.ts']);
  assert.deepEqual([code, last], [0, '3 passed, 0 failed, 0 skipped']);
});

test('a failure is shown in full, named again at the end, and fails the run', async () => {
  const { code, last, text } = await runFiles(['good.ts', 'bad.ts']);
  assert.deepEqual([code, last], [1, '4 passed, 1 failed, 0 skipped']);
  assert.match(text, /FAILED .*bad\.ts adds up\n[\s\S]*Expected values to be strictly equal[\s\S]*5 !== 4/);
  assert.match(text, /output of .*bad\.ts:\n\s+about to add/);
  assert.match(text, /\nfailed:\n.*bad\.ts adds up\n/);
});

test('a file that cannot be loaded, ends early or hangs is a failure', async () => {
  const { code, last, text } = await runFiles(['broken.ts', 'exits.ts', 'hangs.ts'], { FILE_LIMIT: '1500' });
  assert.deepEqual([code, last], [1, '0 passed, 3 failed, 0 skipped']);
  assert.match(text, /FAILED .*broken\.ts/);
  assert.match(text, /FAILED .*exits\.ts/);
  assert.match(text, /FAILED .*hangs\.ts[\s\S]*timed out after 1500ms/);
});

test('a skip is named with its reason, and fails where it must', async () => {
  const developer = await runFiles(['skips.ts']);
  assert.deepEqual([developer.code, developer.last], [0, '1 passed, 0 failed, 1 skipped']);
  assert.match(developer.text, /skipped:\n.*skips\.ts needs root: no root here/);
  const ci = await runFiles(['skips.ts'], { SKIPS_FAIL: 'true' });
  assert.deepEqual([ci.code, ci.last], [1, '1 passed, 0 failed, 1 skipped']);
});

test('a run that is killed takes its files along', async () => {
  const file = join(temporaryDirectory('run'), 'pid');
  const child = start(['hangs.ts'], { PID_FILE: file });
  const pid = await waitFor({ what: 'the file to run' }, async () => Number(await readFile(file, 'utf8')));
  child.kill('SIGKILL');
  await waitFor({ what: `process ${pid} to be gone`, deadline: 30_000 }, () => !isRunning(pid));
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
