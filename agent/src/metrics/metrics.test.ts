import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from './metrics.ts';
import { createRegistry } from './registry.ts';

/** The lines that the text format 0.0.4 allows. */
const LINE =
  /^(# HELP [a-z_]+ [^\n]*|# TYPE [a-z_]+ (counter|gauge|histogram)|[a-z_]+(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)+\})? (-?[\d.]+(e[+-]\d+)?|NaN|[+-]Inf))$/;

test('metrics: a counter grows by label and shows from the start where it has none', () => {
  const registry = createRegistry();
  const calls = registry.counter('calls_total', 'Calls.', ['verb', 'code']);
  registry.counter('starts_total', 'Starts.', []);
  calls.add({ code: '200', verb: 'get' });
  calls.add({ verb: 'get', code: '200' }, 2);
  calls.add({ verb: 'patch', code: 'error' });
  assert.equal(
    registry.print(),
    [
      '# HELP calls_total Calls.',
      '# TYPE calls_total counter',
      'calls_total{verb="get",code="200"} 3',
      'calls_total{verb="patch",code="error"} 1',
      '# HELP starts_total Starts.',
      '# TYPE starts_total counter',
      'starts_total 0',
      '',
    ].join('\n'),
  );
});

test('metrics: a gauge forgets the series that are no longer there', () => {
  const registry = createRegistry();
  const objects = registry.gauge('objects', 'Objects.', ['health']);
  objects.set({ health: 'failed' }, 2);
  objects.replace([{ labels: { health: 'healthy' }, value: 7 }]);
  assert.match(registry.print(), /objects\{health="healthy"\} 7\n$/);
  assert.doesNotMatch(registry.print(), /failed/);
});

test('metrics: a histogram counts cumulatively, bounds included', () => {
  const registry = createRegistry();
  const seconds = registry.histogram('took_seconds', 'Time.', ['result'], [0.5, 1]);
  for (const value of [0.1, 0.5, 0.7, 4]) seconds.observe({ result: 'ok' }, value);
  assert.deepEqual(registry.print().trimEnd().split('\n').slice(2), [
    'took_seconds_bucket{result="ok",le="0.5"} 2',
    'took_seconds_bucket{result="ok",le="1"} 3',
    'took_seconds_bucket{result="ok",le="+Inf"} 4',
    'took_seconds_sum{result="ok"} 5.3',
    'took_seconds_count{result="ok"} 4',
  ]);
});

test('metrics: values of labels are escaped', () => {
  const registry = createRegistry();
  registry.counter('scans_total', 'A \\ and\na break', ['host']).add({ host: 'a"b\\c\nd' });
  assert.match(registry.print(), /^# HELP scans_total A \\\\ and\\na break\n/);
  assert.match(registry.print(), /\nscans_total\{host="a\\"b\\\\c\\nd"\} 1\n$/);
});

test('metrics: a name is defined once', () => {
  const registry = createRegistry();
  registry.gauge('objects', 'Objects.', []);
  assert.throws(() => registry.counter('objects', 'Objects.', []), /objects is defined twice/);
});

test('metrics: what the agent prints is the text format, prefixed, with what it measured', () => {
  const metrics = createMetrics({ version: '0.1.0', environment: 'default' });
  metrics.reconcile.observe({ result: 'applied' }, 1.2);
  metrics.pushToHealthy.observe({}, 12);
  metrics.apiCalls.add({ verb: 'apply', code: '200' });
  metrics.gitReady.set({}, 1);
  const lines = metrics.print().trimEnd().split('\n');
  for (const line of lines) assert.match(line, LINE);
  for (const line of lines) assert.match(line, /^(# (HELP|TYPE) )?(weaveflux|process|nodejs)_/);
  assert.ok(lines.includes('weaveflux_build_info{version="0.1.0",environment="default"} 1'));
  assert.ok(lines.includes('weaveflux_push_to_healthy_seconds_bucket{le="10"} 0'));
  assert.ok(lines.includes('weaveflux_push_to_healthy_seconds_bucket{le="30"} 1'));
  assert.ok(lines.includes('weaveflux_git_ready 1'));
});
