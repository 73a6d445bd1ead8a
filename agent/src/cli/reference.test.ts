import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noRunner } from './command.ts';
import { allCommands, createProgram } from './program.ts';
import { cliReference } from './reference.ts';

test('the reference tells every command with its example and options', () => {
  const text = cliReference();
  for (const { command, example } of allCommands(noRunner)) {
    assert.ok(text.includes(`## \`weaveflux ${command.name()}\``), command.name());
    assert.ok(text.includes(example));
    for (const option of command.options) assert.ok(text.includes(option.flags), option.flags);
  }
});

test('every example is a command line that this program takes', async () => {
  for (const { command, example } of allCommands(noRunner)) {
    if (command.name() === 'agent') continue;
    for (const line of example.split('\n').map((typed) => typed.replace(/ [|>] .*/, ''))) {
      const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
        ([, double, single, word]) => double ?? single ?? word ?? '',
      );
      assert.equal(words.shift(), 'weaveflux');
      await createProgram('0.1.0').parseAsync(words, { from: 'user' });
    }
  }
});
