import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { GIT_SETTINGS, gitEnvironment } from './environment.ts';
import { type PlumbingCall, runPlumbing } from './plumbing.ts';
import { ProcessFailure } from './process.ts';

describe('runPlumbing', () => {
  let base: string;
  let call: Omit<PlumbingCall, 'args'>;
  const git = (...args: string[]) => [`--git-dir=${join(base, 'mirror')}`, ...GIT_SETTINGS, ...args];

  before(async () => {
    base = mkdtempSync(join(tmpdir(), 'plumbing-'));
    const env = gitEnvironment(process.env, base, 'file');
    call = { env, signal: new AbortController().signal, timeout: 10_000, maxBytes: 1_000_000 };
    await runPlumbing({ ...call, args: git('init', '--bare', '--template=', join(base, 'mirror')) });
  });
  after(() => rmSync(base, { recursive: true }));

  /** A call of a program that stands where git is looked for. */
  function pretended(script: string): PlumbingCall {
    const folder = mkdtempSync(join(base, 'bin-'));
    writeFileSync(join(folder, 'git'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'git'), 0o755);
    return { ...call, args: ['rev-parse'], env: { ...call.env, PATH: `${folder}:${process.env.PATH}` } };
  }

  async function fails(run: Promise<unknown>): Promise<ProcessFailure> {
    const failure = await run.then(
      () => assert.fail('it ended well'),
      (error: unknown) => error,
    );
    assert(failure instanceof ProcessFailure, String(failure));
    return failure;
  }

  it('runs git with our settings and our environment', async () => {
    const out = await runPlumbing({ ...call, args: git('rev-parse', '--is-bare-repository') });
    assert.equal(out.toString(), 'true\n');
    const shown = (await runPlumbing(pretended('env'))).toString().split('\n');
    const names = shown.map((line) => line.split('=')[0]).filter((name) => name !== '');
    const added = names.filter((name) => name !== undefined && !(name in call.env));
    // The shell adds the first, simple-git the second.
    assert.deepEqual(added.sort(), ['GIT_TEST_DISALLOW_ABBREVIATED_OPTIONS', 'PWD']);
  });

  it('gives what was printed byte by byte', async () => {
    assert.deepEqual(await runPlumbing(pretended("printf '\\377\\000\\n'")), Buffer.from([255, 0, 10]));
  });

  it('tells exit code and words, also of a git that fails without any', async () => {
    const unknown = await fails(runPlumbing({ ...call, args: git('rev-parse', '--verify', 'nothing') }));
    assert.deepEqual([unknown.reason, unknown.exitCode], ['exit', 128]);
    assert.match(unknown.stderr, /^fatal: Needed a single revision/);
    const silent = await fails(runPlumbing({ ...call, args: git('rev-parse', '--verify', '--quiet', 'nothing') }));
    assert.deepEqual([silent.reason, silent.exitCode, silent.stderr], ['exit', 1, '']);
  });

  it('takes a git that was killed for no success', async () => {
    assert.equal((await fails(runPlumbing(pretended('echo half; kill -9 $$')))).reason, 'exit');
  });

  it('says that git is missing', async () => {
    const failure = await fails(runPlumbing({ ...call, args: ['rev-parse'], env: { ...call.env, PATH: base } }));
    assert.equal(failure.reason, 'spawn');
    assert.match(failure.stderr, /ENOENT/);
  });

  it('ends at the deadline, by the signal, and when there is too much', async () => {
    const slow = pretended('exec sleep 60');
    const started = Date.now();
    assert.equal((await fails(runPlumbing({ ...slow, timeout: 100 }))).reason, 'timeout');
    assert.equal((await fails(runPlumbing({ ...slow, signal: AbortSignal.timeout(100) }))).reason, 'cancelled');
    assert.equal((await fails(runPlumbing({ ...slow, signal: AbortSignal.abort() }))).reason, 'cancelled');
    assert.equal((await fails(runPlumbing(pretended('exec yes')))).reason, 'too-big');
    assert.equal((await fails(runPlumbing({ ...pretended("trap '' INT; sleep 2"), timeout: 100 }))).reason, 'timeout');
    assert(Date.now() - started < 30_000, 'none of them is waited for');
  });
});
