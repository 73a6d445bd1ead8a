import { WeavefluxError } from './errors.ts';

const MILLISECONDS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a duration as Go writes it (`1h30m`, `1.5s`, `300ms`, `-2m`, `0`). INVALID_REQUEST says what it takes. */
export function parseDuration(text: string): number {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+$/.test(rest)) {
    throw new WeavefluxError(
      'INVALID_REQUEST',
      `"${text}" is no duration; write a number with its unit, such as 30s, 5m or 1h30m.`,
    );
  }
  let total = 0;
  for (const [, amount = '', unit = ''] of rest.matchAll(/([\d.]+)([^\d.]+)/g))
    total += Number(amount) * (MILLISECONDS[unit] ?? 0);
  return sign === '-' ? -total : total;
}

/** Milliseconds as people read them, units that are zero left out: `1h30m`, `5m`, `1.5s`, `300ms`, `0s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 0) return `-${formatDuration(-milliseconds)}`;
  if (milliseconds === 0) return '0s';
  if (milliseconds < 1000) return `${trimmed(milliseconds)}ms`;
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor((milliseconds % 3_600_000) / 60_000);
  const seconds = (milliseconds % 60_000) / 1000;
  return [
    hours > 0 ? `${hours}h` : '',
    minutes > 0 ? `${minutes}m` : '',
    seconds > 0 ? `${trimmed(seconds)}s` : '',
  ].join('');
}

function trimmed(value: number): string {
  return String(Number(value.toFixed(6)));
}
