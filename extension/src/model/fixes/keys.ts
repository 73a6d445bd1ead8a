import { FLUX_FILTER_PREFIX, POLICY_KEYS, readKey } from '@weaveflux/shared';
import { hasLongName } from '../diagnostics/policies.ts';
import { nearest } from './nearest.ts';

/** The keys that may have been meant by one that is unknown, means a container that is not there, or is too long. */
export function keyRepairs(key: string, containers: readonly string[]): string[] {
  const slash = key.indexOf('/') + 1;
  const [prefix, name] = [key.slice(0, slash), key.slice(slash)];
  const dot = name.indexOf('.');
  const base = dot < 0 ? name : name.slice(0, dot);
  const container = dot < 0 ? '' : name.slice(dot + 1);
  const written = hasLongName(key)
    ? [FLUX_FILTER_PREFIX + container]
    : basesFor(base).flatMap((known) => spelled(known, container, containers).map((it) => prefix + it));
  return [...new Set(written)].filter((it) => it !== key && !hasLongName(it) && isMeaningful(it, containers));
}

/** The names of keys that a text is, or may be meant to be. */
function basesFor(text: string): string[] {
  const names: string[] = POLICY_KEYS.filter(({ place }) => place === 'annotation').map(({ name }) => name);
  const unique = [...new Set(names)];
  return unique.includes(text) ? [text] : nearest(text, unique);
}

/** The ways to write a key: for the container that is meant, for each, and for the whole workload. */
function spelled(name: string, container: string, containers: readonly string[]): string[] {
  const near = nearest(container, containers);
  const ordered = [...near, ...containers.filter((it) => !near.includes(it))];
  const ofContainers = ordered.map((it) => `${name}.${it}`);
  return container === '' ? [name, ...ofContainers] : [...ofContainers, name];
}

function isMeaningful(key: string, containers: readonly string[]): boolean {
  const found = readKey(key);
  if (found === undefined || found === 'unknown') return false;
  return found.container === undefined || containers.includes(found.container);
}
