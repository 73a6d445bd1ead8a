import { isObject, type Json, parseDuration } from '@weaveflux/shared';
import { isSameQuantity } from './quantity.ts';

/** Whether Kubernetes may give one value back as the other: quantities, durations, numbers written as texts. */
export function isRespelled(wanted: Json, live: Json): boolean {
  if (!isPlain(wanted) || !isPlain(live)) return false;
  const [a, b] = [String(wanted), String(live)];
  return a === b || isSameQuantity(a, b) || isSameDuration(a, b);
}

/** Whether Kubernetes may leave the value out as if it were not there: what is empty, zero, false or null. */
export function isOmissible(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.values(value).every((each) => each === undefined || isOmissible(each));
  return value === null || value === '' || value === 0 || value === false;
}

/** Whether two values are the same JSON, whatever the order of their keys. */
export function isSameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isSameJson(item, b[index]));
  if (!isObject(a) || !isObject(b)) return a === b;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSameJson(a[key], b[key]));
}

function isPlain(value: Json): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function isSameDuration(a: string, b: string): boolean {
  const [first, second] = [duration(a), duration(b)];
  return first !== undefined && first === second;
}

function duration(text: string): number | undefined {
  try {
    return parseDuration(text);
  } catch {
    // No duration at all.
    return undefined;
  }
}
