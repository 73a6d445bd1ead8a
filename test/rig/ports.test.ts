import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

const MODULE = new URL('./ports.ts', import.meta.url).href;
const SCRIPT = `
  const { freePort } = await import(${JSON.stringify(MODULE)});
  const ports = [];
  for (let i = 0; i < 200; i++) ports.push(await freePort());
  console.log(ports.join(' '));
  process.stdin.resume();`;

test('no two processes that live at the same time get the same port', async () => {
  const children = Array.from({ length: 3 }, () =>
    spawn(process.execPath, ['--input-type=module', '--eval', SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const lines = await Promise.all(children.map((child) => once(createInterface({ input: child.stdout }), 'line')));
  for (const child of children) child.stdin.end();
  const ports = lines.flatMap(([line]) => String(line).split(' ').map(Number));
  assert.equal(ports.length, 600);
  assert.equal(new Set(ports).size, 600);
});
