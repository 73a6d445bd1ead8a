import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { edit } from './edit.ts';
import { editor } from './editor.ts';
import { firstSync } from './first-sync.ts';
import { host } from './host.ts';
import { idle } from './idle.ts';
import { inCluster } from './in-cluster.ts';
import { interference } from './interference.ts';
import { oneOfThousand } from './one-of-thousand.ts';
import { push } from './push.ts';
import { loadNow, record } from './report.ts';
import { scan } from './scan.ts';
import { scanLarge } from './scan-large.ts';
import { setup } from './setup.ts';

const BENCHMARKS: readonly Benchmark[] = [
  firstSync,
  oneOfThousand,
  idle,
  interference,
  scan,
  scanLarge,
  push,
  edit,
  editor,
  host,
  inCluster,
  setup,
];

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string' },
    profile: { type: 'string' },
    'test-minutes': { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(', ')}; there are ${BENCHMARKS.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}
const chosen = BENCHMARKS.filter(({ name, onRequest }) =>
  positionals.length === 0 ? !onRequest : positionals.includes(name),
);
for (const benchmark of chosen) {
  console.log(`\n${benchmark.title}`);
  const load = loadNow();
  const measured = await benchmark.run((line) => console.log(`  ${line}`), {
    ...(values.rounds === undefined ? {} : { rounds: Number(values.rounds) }),
    ...(values.profile === undefined ? {} : { profile: values.profile }),
    ...(values['test-minutes'] === undefined ? {} : { testMinutes: Number(values['test-minutes']) }),
  });
  for (const { what, measured: value, goal, met } of measured.figures) {
    console.log(`  ${what}: ${value}${goal === undefined ? '' : ` (goal ${goal}: ${met ? 'met' : 'missed'})`}`);
  }
  if (!values['dry-run']) record(BENCHMARKS, benchmark.name, measured, load);
}
