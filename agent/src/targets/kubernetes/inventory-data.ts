import { type JsonObject, objectKey, parseObjectKey, stringAt } from '@weaveflux/shared';
import type { InventoryEntry } from './types.ts';

/** An entry with what is kept of a Job: the digest it was last run with. */
export interface StoredEntry extends InventoryEntry {
  readonly ran?: string;
}

/** Key of the ConfigMap's data: one line an object, `<objectKey> <apiVersion>[ <digest of a Job that ran>]`, sorted. */
const DATA_KEY = 'objects';

/** An inventory ConfigMap holds at most this many bytes of lines. */
export const CHUNK_BYTES = 512 * 1024;

/** The entries of an inventory ConfigMap; lines that are none are passed over. */
export function readEntries(configMap: JsonObject): Map<string, StoredEntry> {
  const entries = new Map<string, StoredEntry>();
  for (const line of (stringAt(configMap, ['data', DATA_KEY]) ?? '').split('\n')) {
    const [key = '', apiVersion = '', ran] = line.split(' ');
    const id = parseObjectKey(key);
    if (id !== undefined && apiVersion !== '')
      entries.set(key, { id, apiVersion, ...(ran === undefined ? {} : { ran }) });
  }
  return entries;
}

/** The `data` of an inventory ConfigMap. */
export function writeEntries(entries: ReadonlyMap<string, StoredEntry>): JsonObject {
  const lines = [...entries.values()].map(lineOf).sort();
  return { [DATA_KEY]: lines.join('') };
}

export function lineOf(entry: StoredEntry): string {
  return `${objectKey(entry.id)} ${entry.apiVersion}${entry.ran === undefined ? '' : ` ${entry.ran}`}\n`;
}
