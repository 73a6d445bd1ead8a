import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { Benchmark, Measured } from './benchmark.ts';

const RESULTS = fileURLToPath(new URL('./results.json', import.meta.url));
const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

const resultSchema = z.object({
  date: z.string(),
  machine: z.string(),
  load: z.string(),
  figures: z.array(
    z.object({ what: z.string(), measured: z.string(), goal: z.string().optional(), met: z.boolean().optional() }),
  ),
  notes: z.array(z.string()).optional(),
});
const resultsSchema = z.record(z.string(), resultSchema);
type Result = z.infer<typeof resultSchema>;

/** The machine's load as it is now, to be asked before a benchmark adds its own. */
export function loadNow(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

/** Keeps what a benchmark found out and writes the page anew; the others' results stay as they were. */
export function record(benchmarks: readonly Benchmark[], name: string, measured: Measured, load: string): void {
  const results = readResults();
  results[name] = { date: new Date().toISOString().slice(0, 10), machine: machine(), load, ...plain(measured) };
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(PAGE, pageOf(benchmarks, results));
}

function plain({ figures, notes }: Measured): Pick<Result, 'figures' | 'notes'> {
  return { figures: [...figures], ...(notes === undefined ? {} : { notes: [...notes] }) };
}

function readResults(): Record<string, Result> {
  try {
    return resultsSchema.parse(JSON.parse(readFileSync(RESULTS, 'utf8')));
  } catch {
    return {};
  }
}

function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown CPU'}, ${memory} GiB, Linux ${release().split('-')[0]}, Node ${process.versions.node}`;
}

/** The page: what is measured, where, how to repeat it, and one table. */
export function pageOf(benchmarks: readonly Benchmark[], results: Readonly<Record<string, Result>>): string {
  const done = benchmarks.filter(({ name }) => results[name] !== undefined);
  const machines = [...new Set(done.map(({ name }) => results[name]?.machine))];
  const lines = [
    '# Benchmarks',
    '',
    '<!-- Written by `npm run bench`; do not edit. -->',
    '',
    'Each benchmark runs on one machine over loopback: a real etcd and kube-apiserver without controllers, a Git server over https, a',
    'registry with TLS, and the bundled agent as a process of its own (`in-cluster`: in a pod). What is compared is compared in one run, in alternating',
    'rounds; figures are medians, with the least and the most behind them.',
    '',
    `Repeat it with \`npm run build && npm run bench\`, or one with \`npm run bench ${benchmarks[0]?.name}\` (\`--rounds=9\`, \`--profile=<folder>\`,`,
    `\`--dry-run\`). ${listed(benchmarks)} are only measured when asked for.`,
    '',
    ...machines.map((one) => `Machine: ${one}.`),
    '',
    '| benchmark | figure | measured | goal | |',
    '| --- | --- | --- | --- | --- |',
    ...done.flatMap(({ name }) =>
      (results[name]?.figures ?? []).map((figure, index) => rowOf(index === 0 ? name : '', figure)),
    ),
    '',
    ...done.flatMap((benchmark) => sectionOf(benchmark, results[benchmark.name])),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function listed(benchmarks: readonly Benchmark[]): string {
  const names = benchmarks.filter(({ onRequest }) => onRequest === true).map(({ name }) => `\`npm run bench ${name}\``);
  return names.join(' and ');
}

function rowOf(name: string, { what, measured, goal = '', met }: Result['figures'][number]): string {
  return `| ${[name, what, measured, goal, met === undefined ? '' : met ? 'met' : '**missed**'].join(' | ')} |`;
}

function sectionOf({ name, title, how }: Benchmark, result: Result | undefined): string[] {
  if (result === undefined) return [];
  const notes = (result.notes ?? []).flatMap((note) => [note, '']);
  return [`## ${name}: ${title}`, '', how, '', ...notes, `${result.date}, load average before: ${result.load}.`, ''];
}
