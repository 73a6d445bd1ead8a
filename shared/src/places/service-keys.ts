import { isObject, type JsonObject } from '../json.ts';
import { KEYS, PREFIX } from '../policies/keys.ts';
import { readKey } from '../policies/spellings.ts';

/** Where a service of Compose says what annotations say elsewhere: a label would create its container anew with each change. */
export const SERVICE_KEYS = 'x-weaveflux';

/**
 * What a service says under `x-weaveflux`, as annotations would: keys may leave out the prefix and, as a service has one image, its
 * name (`tag` for `weaveflux.dev/tag.cart`); `true` and numbers need no quotes.
 */
export function serviceAnnotations(service: JsonObject, name: string): JsonObject {
  const entries = writtenKeys(service).map(
    ([written, value]) => [annotationFor(written, name), textOf(value)] as const,
  );
  return Object.fromEntries(entries);
}

/** The key as the service writes it; as it would be written where the service has none. */
export function serviceKey(service: JsonObject, name: string, annotation: string): string {
  const written = writtenKeys(service).map(([key]) => key);
  const found = written.find((key) => annotationFor(key, name) === annotation);
  if (found !== undefined) return found;
  const isPrefixed = written.some((key) => key.startsWith(PREFIX));
  const bare = annotation.startsWith(PREFIX) ? annotation.slice(PREFIX.length) : annotation;
  const short = bare.slice(0, bare.indexOf('.'));
  const own = bare === `${short}.${name}` && !hasOwnMeaning(short) ? short : bare;
  return isPrefixed ? PREFIX + own : own;
}

function writtenKeys(service: JsonObject): [string, JsonObject[string]][] {
  const keys = service[SERVICE_KEYS];
  return isObject(keys) ? Object.entries(keys) : [];
}

function annotationFor(written: string, name: string): string {
  if (!written.startsWith(PREFIX) && readKey(written) !== undefined) return written;
  const bare = written.startsWith(PREFIX) ? written.slice(PREFIX.length) : written;
  const isShort = KEYS.some((key) => key.perContainer && key.name === bare) && !hasOwnMeaning(bare);
  return PREFIX + (isShort ? `${bare}.${name}` : bare);
}

/** Whether a key means something without a container, too, as `locked` does. */
function hasOwnMeaning(name: string): boolean {
  return KEYS.some((key) => !key.perContainer && key.name === name);
}

function textOf(value: JsonObject[string]): JsonObject[string] {
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : value;
}
