import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startProcess } from './processes.ts';
import { waitFor } from './wait.ts';

const shell = (script: string, grace?: number) =>
  startProcess({ name: 'shell', command: '/bin/sh', args: ['-c', script], ...(grace === undefined ? {} : { grace }) });

test('a line of output is found, also one that was there before', async () => {
  await using process = await shell('echo ready on 4711; exec sleep 60');
  await process.line(/^ready/);
  assert.equal((await process.line(/ready on (\d+)/))[1], '4711');
});

test('a process that ends while it is waited for fails at once, with the end of its log', async () => {
  await using process = await shell('echo cannot open the store >&2; exit 3');
  const start = Date.now();
  await assert.rejects(process.line(/never/, 120_000), (error: Error) => {
    assert.match(error.message, /^shell ended \(exit code 3\) while waiting for a line like/);
    assert.match(error.message, /cannot open the store/);
    return true;
  });
  assert.ok(Date.now() - start < 60_000);
});

test('the deadline says what was waited for', async () => {
  await using process = await shell('echo starting; exec sleep 60');
  await process.line(/starting/);
  await assert.rejects(
    process.line(/listening/, 50),
    /waited 0.05 s for a line like \/listening\/ from shell[\s\S]*starting/,
  );
});

test('a program that is not there is said by name', async () => {
  await assert.rejects(startProcess({ command: '/nowhere/etcd' }), /\/nowhere\/etcd could not be started/);
});

test('stop asks first, and kills what does not listen', async () => {
  const polite = await shell('trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.05; done', 60_000);
  await polite.line(/up/);
  await polite.stop();
  assert.match(polite.tail(), /bye/);
  const stubborn = await shell('trap "" TERM; echo up; while :; do sleep 0.05; done', 100);
  await stubborn.line(/up/);
  await stubborn.stop();
  assert.equal(await stubborn.ended, 'SIGKILL');
});

test('only PATH, HOME and TMPDIR come from our environment', async () => {
  process.env.RIG_TEST_SECRET = 'leaked';
  try {
    await using process = await shell('echo "secret: $RIG_TEST_SECRET."; exec sleep 60');
    await process.line(/secret: \.$/);
  } finally {
    delete process.env.RIG_TEST_SECRET;
  }
});

for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
  test(`everything ends and every directory goes when the test's process gets ${signal}`, async () => {
    const program = fileURLToPath(new URL('./testdata/leaves-processes.ts', import.meta.url));
    const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const { pids, directory }: { pids: number[]; directory: string } = JSON.parse(line);
    assert.ok(pids.every(isRunning) && existsSync(directory));
    parent.kill(signal);
    await once(parent, 'exit');
    await waitFor({ what: `the processes ${pids} to be gone`, deadline: 30_000 }, () => !pids.some(isRunning));
    await waitFor({ what: `${directory} to be gone`, deadline: 30_000 }, () => !existsSync(directory));
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
