// Counts tests and prints them: a line a file, failures in full, the summary at the end.
import { relative } from 'node:path';
import { inspect } from 'node:util';
import { ROOT } from '../bootstrap.mjs';

const OUTPUT_LINES = 150;

/** Makes the report of one run; `print` gets one or more whole lines. */
export function createReport(print = console.log) {
  const start = Date.now();
  const failures = [];
  const skips = [];
  let passed = 0;
  let files = new Map();

  function fail(name, text) {
    failures.push({ name, text });
    print(`FAILED  ${name}\n${indent(text)}`);
  }
  function of(file) {
    const known = files.get(file) ?? { passed: 0, failed: 0, skipped: 0, output: [] };
    files.set(file, known);
    return known;
  }
  return {
    say: print,
    passed(name, seconds) {
      passed += 1;
      print(`ok      ${name} (${seconds.toFixed(1)} s)`);
    },
    failed: fail,
    skipped(name, reason) {
      skips.push({ name, reason });
      print(`skipped ${name}: ${reason}`);
    },
    /** Reads the events of node:test's `run` to their end. */
    async follow(stream) {
      files = new Map();
      for await (const { type, data } of stream) {
        const file = data.file ? relative(ROOT, data.file) : '';
        if (type === 'test:stdout' || type === 'test:stderr') of(file).output.push(data.message);
        else if (type === 'test:pass') countPass(data, file);
        else if (type === 'test:fail') countFail(data, file);
        else if (type === 'test:summary' && data.file) endFile(file, data.duration_ms / 1000);
      }
    },
    /** Prints the end; resolves to the exit code. */
    end(skipsFail) {
      if (skips.length > 0) print(`\nskipped:\n${skips.map(({ name, reason }) => `  ${name}: ${reason}`).join('\n')}`);
      if (failures.length > 0) print(`\nfailed:\n${failures.map(({ name }) => `  ${name}`).join('\n')}`);
      if (skipsFail && skips.length > 0) print('\nWith CI=true a skipped suite is a failure.');
      print(`\n${((Date.now() - start) / 1000).toFixed(0)} s`);
      print(`${passed} passed, ${failures.length} failed, ${skips.length} skipped`);
      return failures.length > 0 || (skipsFail && skips.length > 0) ? 1 : 0;
    },
  };

  function countPass(data, file) {
    if (data.details.type === 'suite') return;
    if (data.skip !== undefined) {
      of(file).skipped += 1;
      skips.push({
        name: `${file} ${data.name}`,
        reason: typeof data.skip === 'string' ? data.skip : 'no reason given',
      });
      return;
    }
    passed += 1;
    of(file).passed += 1;
  }
  function countFail(data, file) {
    const { error } = data.details;
    if (data.todo !== undefined || error.failureType === 'subtestsFailed') return;
    of(file).failed += 1;
    fail(`${file} ${data.name}`, describe(error));
  }
  function endFile(file, seconds) {
    const counted = of(file);
    if (counted.failed > 0 && counted.output.length > 0) {
      const lines = counted.output.join('').trimEnd().split('\n').slice(-OUTPUT_LINES);
      print(`output of ${file}:\n${indent(lines.join('\n'))}`);
    }
    const verdict = counted.failed > 0 ? 'FAILED ' : 'ok     ';
    const skipped = counted.skipped > 0 ? `, ${counted.skipped} skipped` : '';
    print(
      `${verdict} ${file}: ${counted.passed} passed${counted.failed > 0 ? `, ${counted.failed} failed` : ''}${skipped} (${seconds.toFixed(1)} s)`,
    );
  }
}

function describe(error) {
  const cause = error.cause ?? error;
  return typeof cause === 'string' ? cause : inspect(cause, { depth: 6, breakLength: 120 });
}

function indent(text) {
  return text
    .split('\n')
    .map((line) => `        ${line}`)
    .join('\n');
}
