import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessFailure, runProcess } from './process.ts';

const never = new AbortController().signal;
const env = { PATH: process.env.PATH ?? '' };
const call = { env, signal: never, timeout: 10_000 };

function fails(reason: ProcessFailure['reason']) {
  return (error: unknown) => error instanceof ProcessFailure && error.reason === reason;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('runProcess', () => {
  it('passes input and output byte by byte, and nothing of our environment', async () => {
    const input = Buffer.from([0, 255, 10, 13]);
    assert.deepEqual(await runProcess('cat', { ...call, args: [], input }), input);
    const shown = await runProcess('env', { ...call, args: [], env: { ...env, A: '1' } });
    assert.deepEqual(shown.toString().trim().split('\n').sort(), ['A=1', `PATH=${env.PATH}`]);
  });

  it('tells exit code and stderr', async () => {
    await assert.rejects(runProcess('sh', { ...call, args: ['-c', 'echo why >&2; exit 3'] }), (error) => {
      return error instanceof ProcessFailure && error.exitCode === 3 && error.stderr === 'why\n';
    });
    await assert.rejects(runProcess('no-such-program', { ...call, args: [] }), fails('spawn'));
  });

  it('ends the whole group at the deadline, also what ignores a polite word', async () => {
    const script = 'trap "" TERM; sh -c \'trap "" TERM; echo $$ >&2; sleep 60 & wait; sleep 60\' & wait; sleep 60';
    // Long enough for both shells to have set their traps.
    const run = runProcess('sh', { ...call, args: ['-c', script], timeout: 2_000 });
    const failure = await run.then(
      () => assert.fail('it ended well'),
      (error: unknown) => error,
    );
    assert(failure instanceof ProcessFailure && failure.reason === 'timeout');
    const pid = Number(failure.stderr.trim());
    assert(pid > 0);
    for (let n = 0; n < 1_000 && isAlive(pid); n++) await sleep(20);
    assert.equal(isAlive(pid), false, 'the grandchild has ended');
  });

  it('is cancelled by the signal', async () => {
    const started = Date.now();
    await assert.rejects(
      runProcess('sleep', { ...call, args: ['60'], signal: AbortSignal.timeout(100) }),
      fails('cancelled'),
    );
    assert(Date.now() - started < 30_000);
    await assert.rejects(runProcess('true', { ...call, args: [], signal: AbortSignal.abort() }), fails('cancelled'));
  });

  it('is patient while there is progress, and only then', async () => {
    const steps = 'for i in 1 2 3 4 5 6; do echo $i >&2; sleep 0.5; done';
    await runProcess('sh', { ...call, args: ['-c', steps], timeout: 2_500, patient: true });
    await assert.rejects(runProcess('sh', { ...call, args: ['-c', steps], timeout: 2_500 }), fails('timeout'));
    await assert.rejects(runProcess('sleep', { ...call, args: ['60'], timeout: 200, patient: true }), fails('timeout'));
  });

  it('holds no more than it may', async () => {
    await assert.rejects(runProcess('yes', { ...call, args: [], maxBytes: 100_000 }), fails('too-big'));
  });
});
