import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { temporaryDirectory } from '../rig/index.ts';
import { startWorld } from '../support/world.ts';
import { configMap, startScene } from './delivery-support.ts';

/** Debian's, of the package prometheus. */
const PROMTOOL = join('/usr/bin', 'promtool');

test("promtool accepts an agent's metrics, and they tell what it did", async () => {
  await using world = await startWorld({});
  await using scene = await startScene(world, 'measured', { 'a.yaml': configMap('a') });
  await scene.agent.healthy(await scene.repository.head());
  const atStart = await metricsOf(scene.agent.metricsUrl);
  assert.equal(value(atStart, 'weaveflux_push_to_healthy_seconds_count'), undefined, 'what it found was not pushed');
  await scene.agent.healthy(await scene.push({ 'b.yaml': configMap('b') }));

  const metrics = await metricsOf(scene.agent.metricsUrl);
  assert.equal(await run(['check', 'metrics'], metrics), '', 'no complaints');
  assert.equal(value(metrics, 'weaveflux_push_to_applied_seconds_count'), 1);
  assert.equal(value(metrics, 'weaveflux_push_to_healthy_seconds_count'), 1);
  assert.equal(value(metrics, 'weaveflux_leader'), 1);
  assert.equal(value(metrics, 'weaveflux_deliveries_waiting'), 0);
  assert.equal(value(metrics, 'weaveflux_git_ready'), 1);
  assert.ok((value(metrics, 'weaveflux_api_request_duration_seconds_count{verb="patch"}') ?? 0) >= 2);
  const resident = value(metrics, 'process_resident_memory_bytes') ?? 0;
  assert.ok(resident > 20e6 && resident < 1e9, `${resident}`);
  const age = Date.now() / 1000 - (value(metrics, 'process_start_time_seconds') ?? 0);
  assert.ok(age > 0 && age < 600, `${age}`);
  assert.ok((value(metrics, 'process_cpu_seconds_total') ?? 0) > 0);
});

async function metricsOf(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

function value(metrics: string, series: string): number | undefined {
  const line = metrics.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}

/** What promtool says; '' where it has nothing to say. */
async function run(args: readonly string[], input = ''): Promise<string> {
  const child = spawn(PROMTOOL, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return (out + err).trim();
}

test('promtool accepts the alerts of the page', async () => {
  const page = await readFile(new URL('../../docs/observability.md', import.meta.url), 'utf8');
  const [, rules] = /```yaml\n(groups:\n[\s\S]*?)```/.exec(page) ?? [];
  assert.ok(rules);
  const file = join(temporaryDirectory('rules'), 'rules.yaml');
  await writeFile(file, rules);
  assert.match(await run(['check', 'rules', file]), /SUCCESS: \d+ rules found/);
});
