import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem } from '@weaveflux/shared';
import type { AgentConfig } from '../config/types.ts';
import type { Environment } from '../delivery/environment.ts';
import { createMemory } from '../delivery/memory.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { createReadiness } from './readiness.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const PROBLEM: Problem = { code: 'GIT_UNREACHABLE', severity: 'error', message: 'no answer' };

const cases: {
  name: string;
  /** Seconds since the start. */
  now: number;
  checked?: number;
  problem?: boolean;
  progress?: number;
  reasons: RegExp[];
}[] = [
  { name: 'just started', now: 1, reasons: [/not read yet/] },
  { name: 'all is well', now: 1_000, checked: 990, progress: 990, reasons: [] },
  { name: 'Git away for a moment', now: 1_000, checked: 980, problem: true, progress: 990, reasons: [] },
  { name: 'Git away for long', now: 1_000, checked: 600, problem: true, progress: 990, reasons: [/for 400 s/] },
  { name: 'Git never reached', now: 400, problem: true, progress: 390, reasons: [/for 400 s/] },
  { name: 'no step ends any more', now: 2_000, checked: 1_990, progress: 1_000, reasons: [/loop is stuck/] },
];

for (const { name, now, checked, problem, progress, reasons } of cases) {
  test(`${name}: ${reasons.length === 0 ? 'ready' : 'not ready'}`, () => {
    let seconds = 0;
    const memory = createMemory();
    const at = (offset: number) => START + offset * 1000;
    if (checked !== undefined) memory.repository.checkedAt = new Date(at(checked)).toISOString();
    if (problem === true) memory.repository.problem = PROBLEM;
    const config: Partial<AgentConfig> = { gitPollInterval: 30_000, gitTimeout: 20_000, syncTimeout: 60_000 };
    const metrics = createMetrics({ version: '1', environment: 'test' });
    const env = { memory, config, metrics, now: () => new Date(at(seconds)) } as unknown as Environment;
    const readiness = createReadiness(env, { lastProgress: () => at(progress ?? 0), waiting: () => 0 });
    seconds = now;
    const found = readiness.reasons();
    assert.equal(found.length, reasons.length, found.join('; '));
    for (const [index, reason] of reasons.entries()) assert.match(found[index] ?? '', reason);
  });
}
