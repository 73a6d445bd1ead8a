import { parseDuration } from '../duration.ts';
import type { KeyDescription } from './keys.ts';
import { compileExpression } from './regexp.ts';
import type { KeySpelling } from './spellings.ts';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const PLATFORM = /^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9.]+)?$/;
const POINTER = /^(?:\/(?:[^~/]|~[01])*)+$/;

/** What is wrong with a value of a key, as the end of a sentence that begins with the key; `undefined` = nothing. */
export function wrongValue(key: KeyDescription, value: unknown): string | undefined {
  if (typeof value !== 'string') return `is not a string but ${JSON.stringify(value)}; put it in quotes`;
  switch (key.type) {
    case 'boolean':
      return oneOf(value, 'true', 'false');
    case 'ignore':
      return oneOf(value, 'true', 'sync_only', 'false');
    case 'word':
      return oneOf(value, key.word ?? '');
    case 'regexp':
      return wrongExpression(value);
    case 'duration':
      return wrongDuration(value);
    case 'time':
      return isTime(value) ? undefined : `is "${value}"; it takes a time such as 2030-01-31T18:00:00Z (RFC 3339)`;
    case 'pointers':
      return wrongPointers(value);
    case 'platform':
      return value === 'nodes' || value === 'any' || PLATFORM.test(value)
        ? undefined
        : `is "${value}"; it takes a platform such as linux/arm64, or "nodes" or "any"`;
    default:
      return undefined;
  }
}

/** The JSON Pointers in a list separated by commas. */
export function splitPointers(value: string): string[] {
  return value
    .split(',')
    .map((pointer) => pointer.trim())
    .filter((pointer) => pointer !== '');
}

/** Whether Flux v1 reads this value without complaint: any text that is not "true" is false there. */
export function isFalseInFlux({ key, spelling }: KeySpelling, value: unknown): boolean {
  return spelling === 'flux' && typeof value === 'string' && (key.type === 'boolean' || key.type === 'ignore');
}

function oneOf(value: string, ...allowed: string[]): string | undefined {
  return allowed.includes(value)
    ? undefined
    : `is "${value}"; it takes ${allowed.map((word) => `"${word}"`).join(' or ')}`;
}

function wrongExpression(value: string): string | undefined {
  const expression = compileExpression(value);
  return 'error' in expression ? `is "${value}", which is no RE2 expression (${expression.error})` : undefined;
}

function wrongDuration(value: string): string | undefined {
  try {
    return parseDuration(value) < 0 ? `is "${value}"; it takes a duration that is not negative` : undefined;
  } catch {
    return `is "${value}"; it takes a duration such as 24h or 90m`;
  }
}

function wrongPointers(value: string): string | undefined {
  const wrong = splitPointers(value).find((pointer) => !POINTER.test(pointer));
  return wrong === undefined ? undefined : `has "${wrong}", which is no JSON Pointer such as /spec/replicas`;
}

function isTime(value: string): boolean {
  return TIME.test(value) && !Number.isNaN(Date.parse(value));
}
