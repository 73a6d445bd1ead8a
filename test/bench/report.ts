import type { Benchmark, Measured } from './benchmark.ts';
export function record(_benchmark: Benchmark, _measured: Measured): void {}
