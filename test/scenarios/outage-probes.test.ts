import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { readAgentFile } from '@weaveflux/shared/node';
import { startWorld, type World } from '../support/world.ts';
import { configMap, type Scene, startScene } from './delivery-support.ts';
import { watching } from './interference-support.ts';

let world: World;
let scene: Scene;
before(async () => {
  world = await startWorld({});
  scene = await startScene(world, 'probes', { 'a.yaml': configMap('a'), 'b.yaml': configMap('b') });
  await scene.agent.healthy(await scene.repository.head());
  await watching(scene, world, 'a');
});
after(async () => {
  await scene?.[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

/** Asks as told, with any Host; gives the status and the text. */
function ask(url: string, headers: Readonly<Record<string, string>> = {}): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABELS = String.raw`\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*\}`;
const VALUE = String.raw`(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|[-+]?Inf|NaN)`;
const SAMPLE = new RegExp(`^(${NAME})(${LABELS})? (${VALUE})$`);

test('the metrics are what Prometheus reads, and tell of objects, deliveries and interference', async () => {
  const { status, text } = await ask(`${scene.agent.metricsUrl}/metrics`);
  assert.equal(status, 200);
  assert.ok(text.endsWith('\n'));
  const types = new Map<string, string>();
  const samples = new Set<string>();
  for (const line of text.trimEnd().split('\n')) {
    const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line);
    if (type !== null) types.set(type[1] ?? '', type[2] ?? '');
    if (line.startsWith('#')) {
      assert.match(line, new RegExp(`^# (HELP|TYPE) ${NAME} `));
      continue;
    }
    const sample = SAMPLE.exec(line);
    assert.ok(sample, `not a sample: ${line}`);
    const family = (sample[1] ?? '').replace(/_(bucket|sum|count)$/, '');
    assert.ok(types.has(sample[1] ?? '') || types.get(family) === 'histogram', `no type for ${line}`);
    const series = `${sample[1]}${sample[2] ?? ''}`;
    assert.ok(!samples.has(series), `twice: ${series}`);
    samples.add(series);
  }
  assert.match(text, /^weaveflux_objects\{action="created",health="healthy",drift="none"\} 2$/m);
  assert.match(text, /^weaveflux_reconcile_duration_seconds_bucket\{result="applied",le="\+Inf"\} [1-9]\d*$/m);
  assert.match(text, /^weaveflux_reconcile_duration_seconds_count\{result="applied"\} [1-9]\d*$/m);
  assert.match(text, /^weaveflux_interference_total\{outcome="corrected"\} 1$/m);
  assert.match(text, /^weaveflux_git_ready 1$/m);
  assert.ok(!text.includes(world.git.token));
});

test('the probes need no token, and nothing else is there', async () => {
  assert.deepEqual(await ask(`${scene.agent.metricsUrl}/healthz`), { status: 200, text: 'ok\n' });
  assert.deepEqual(await ask(`${scene.agent.metricsUrl}/readyz`), { status: 200, text: 'ok\n' });
  assert.equal((await ask(`${scene.agent.metricsUrl}/api/v1/status`)).status, 404);
});

test('people’s API wants the token and a name of this machine', async () => {
  const { url, token } = await readAgentFile(scene.agent.file);
  const status = `${url}/api/v1/status`;
  const authorization = `Bearer ${token}`;
  assert.equal((await ask(status, { authorization })).status, 200);
  for (const [what, headers, expected] of [
    ['no token', {}, 401],
    ['another token', { authorization: `Bearer ${'x'.repeat(token.length)}` }, 401],
    ['a rebound name', { authorization, host: 'evil.example' }, 403],
    ['a name that only begins so', { authorization, host: '127.0.0.1.evil.example' }, 403],
  ] as const) {
    const answer = await ask(status, headers);
    assert.equal(answer.status, expected, what);
    assert.ok(!answer.text.includes('"objects"'), what);
  }
});
