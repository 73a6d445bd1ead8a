import { type KeyType, readKey, readPolicies } from '@weaveflux/shared';
import { editDistance } from './nearest.ts';
import { canMatch, policyRepairs } from './policies.ts';

/** A value that a key cannot take. */
export interface WrongValue {
  readonly key: string;
  /** As read. */
  readonly value: unknown;
  /** As written. */
  readonly text: string;
  readonly containers: readonly string[];
  /** Of the container that the key means; '' = none. */
  readonly tag: string;
}

/** Values that a key takes instead of one that it does not, the likeliest first. */
export function valueRepairs({ key, value, text, containers, tag }: WrongValue): string[] {
  const found = readKey(key);
  if (found === undefined || found === 'unknown') return [];
  const { type, word = '' } = found.key;
  const meant = typeof value === 'string' ? value : value === null ? '' : isWord(type) ? String(value) : text;
  const candidates = [meant, ...repairsOf(type, word, meant, tag)];
  return [...new Set(candidates)].filter(
    (candidate) =>
      candidate !== value &&
      readPolicies({ [key]: candidate }, containers).problems.every(({ annotation }) => annotation !== key) &&
      (type !== 'policy' || canMatch(candidate)),
  );
}

function isWord(type: KeyType): boolean {
  return type === 'boolean' || type === 'ignore' || type === 'word';
}

function repairsOf(type: KeyType, word: string, text: string, tag: string): string[] {
  switch (type) {
    case 'boolean':
      return words(text, ['true', 'false']);
    case 'ignore':
      return words(text, ['true', 'sync_only', 'false']);
    case 'word':
      return [word];
    case 'duration':
      return durations(text);
    case 'pointers':
      return [pointers(text)];
    case 'regexp':
      return [`^${text.replace(/[.+?()[\]{}|^$\\]/g, '\\$&').replaceAll('*', '.*')}$`];
    case 'time':
      return times(text);
    case 'policy':
      return policyRepairs(text, tag);
    default:
      return [];
  }
}

/** The words that a key takes, the nearest first; what other languages take for true counts as that. */
function words(text: string, allowed: readonly string[]): string[] {
  const meant = /^(?:y|yes|on|1|enabled?)$/i.test(text)
    ? 'true'
    : /^(?:n|no|off|0|disabled?)$/i.test(text)
      ? 'false'
      : text;
  return allowed.toSorted((a, b) => editDistance(meant, a) - editDistance(meant, b));
}

function durations(text: string): string[] {
  const [, amount = '', unit = ''] = /^\s*(\d+)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  if (amount === '') return [];
  if (/^w/i.test(unit)) return [`${Number(amount) * 168}h`];
  if (/^d/i.test(unit)) return [`${Number(amount) * 24}h`];
  return [`${amount}${unit === '' ? 'h' : unit.slice(0, 1).toLowerCase()}`];
}

/** `spec.replicas, spec/paused` as JSON Pointers. */
function pointers(text: string): string {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('/') ? part : `/${part.replace(/^\.+/, '').replaceAll('.', '/')}`))
    .join(',');
}

function times(text: string): string[] {
  const time = Date.parse(text);
  return Number.isNaN(time) ? [] : [new Date(time).toISOString().replace('.000Z', 'Z')];
}
