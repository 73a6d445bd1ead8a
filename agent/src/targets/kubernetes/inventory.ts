import { type JsonObject, objectAt, objectKey, type Suspension, WeavefluxError } from '@weaveflux/shared';
import { Queue } from '../../concurrency/queue.ts';
import type { KubernetesClient } from './client.ts';
import { getConfigMap, putConfigMap } from './config-maps.ts';
import { CHUNK_BYTES, lineOf, readEntries, type StoredEntry, writeEntries } from './inventory-data.ts';
import { inventoryName, SUSPEND_ANNOTATION } from './labels.ts';
import { readSuspensions } from './suspensions.ts';
import type { Inventory, InventoryEntry } from './types.ts';

/** The inventory as the contract has it, and the Jobs that ran: what keeps a finished one from running again. */
export interface ConfigMapInventory extends Inventory {
  /** The digest each Job was last run with, by key. */
  ranJobs(signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Jobs whose names are in the inventory; others are passed over. */
  recordJobs(digests: ReadonlyMap<string, string>, signal: AbortSignal): Promise<void>;
}

/** One ConfigMap as last read or written: everything of it but `data`, and the entries of that. */
interface Chunk {
  readonly rest: JsonObject;
  readonly entries: ReadonlyMap<string, StoredEntry>;
}

const TRIES = 8;

/** The inventory of an environment in ConfigMaps of the agent's namespace. `chunkBytes` is for tests. */
export function createInventory(
  client: KubernetesClient,
  namespace: string,
  environment: string,
  chunkBytes: number = CHUNK_BYTES,
): ConfigMapInventory {
  const queue = new Queue();
  let chunks: Chunk[] | undefined;

  async function loaded(signal: AbortSignal): Promise<Chunk[]> {
    chunks ??= await readChunks(client, namespace, environment, signal);
    return chunks;
  }

  /** Applies a change to the chunks as they are, and again to what is there now when another writer was faster. */
  function change(
    decide: (chunks: readonly Chunk[]) => ReadonlyMap<number, Chunk>,
    signal: AbortSignal,
  ): Promise<void> {
    return queue.run(async () => {
      for (let attempt = 1; attempt <= TRIES; attempt++) {
        const before = await loaded(signal);
        if (await writeAll(before, decide(before), signal)) return;
        chunks = undefined;
      }
      throw new WeavefluxError(
        'CONFLICT',
        `The inventory ${inventoryName(environment, 0)} in namespace ${namespace} is changed by somebody else all the time; see who writes it.`,
      );
    });
  }

  async function writeAll(all: Chunk[], changed: ReadonlyMap<number, Chunk>, signal: AbortSignal): Promise<boolean> {
    for (const [index, chunk] of changed) {
      const answer = await putConfigMap(
        client,
        namespace,
        { ...chunk.rest, data: writeEntries(chunk.entries) },
        signal,
      );
      if (answer === undefined) return false;
      all[index] = { rest: restOf(answer), entries: chunk.entries };
    }
    return true;
  }

  function annotate(name: string, text: string | undefined, signal: AbortSignal): Promise<void> {
    return change((all) => {
      const first = all[0] ?? emptyChunk(environment, 0);
      const metadata = objectAt(first.rest, ['metadata']);
      const annotations = objectAt(metadata, ['annotations']);
      if (annotations[name] === text) return new Map();
      const rest = { ...first.rest, metadata: { ...metadata, annotations: { ...annotations, [name]: text } } };
      return new Map([[0, { rest, entries: first.entries }]]);
    }, signal);
  }

  async function annotation(name: string, signal: AbortSignal): Promise<string | undefined> {
    const first = await getConfigMap(client, namespace, inventoryName(environment, 0), signal);
    const text = objectAt(first, ['metadata', 'annotations'])[name];
    return typeof text === 'string' ? text : undefined;
  }

  return {
    load(signal) {
      return queue.run(async () => {
        chunks = undefined;
        return new Map((await loaded(signal)).flatMap((chunk) => [...chunk.entries]));
      });
    },
    add: (entries, signal) => change((all) => withAdded(all, entries, environment, chunkBytes), signal),
    remove: (keys, signal) => change((all) => withRemoved(all, new Set(keys)), signal),
    async suspensions(signal) {
      return readSuspensions(await annotation(SUSPEND_ANNOTATION, signal));
    },
    suspend(suspensions: readonly Suspension[], signal) {
      return annotate(SUSPEND_ANNOTATION, suspensions.length === 0 ? undefined : JSON.stringify(suspensions), signal);
    },
    ranJobs(signal) {
      return queue.run(async () => {
        const ran = new Map<string, string>();
        for (const chunk of await loaded(signal))
          for (const [key, entry] of chunk.entries) if (entry.ran !== undefined) ran.set(key, entry.ran);
        return ran;
      });
    },
    recordJobs: (digests, signal) => change((all) => withRan(all, digests), signal),
  };
}

/** The names in the inventory of any environment. */
export async function readInventory(
  client: KubernetesClient,
  namespace: string,
  environment: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, InventoryEntry>> {
  const chunks = await readChunks(client, namespace, environment, signal);
  return new Map(chunks.flatMap((chunk) => [...chunk.entries]));
}

/** Reads 0, 1, … to the first that is missing; a missing 0 alone does not hide the others. */
async function readChunks(
  client: KubernetesClient,
  namespace: string,
  environment: string,
  signal: AbortSignal,
): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for (let index = 0; ; index++) {
    const found = await getConfigMap(client, namespace, inventoryName(environment, index), signal);
    if (found === undefined && index > 0) break;
    chunks.push(
      found === undefined ? emptyChunk(environment, index) : { rest: restOf(found), entries: readEntries(found) },
    );
  }
  return chunks;
}

function restOf(configMap: JsonObject): JsonObject {
  const { data: _, ...rest } = configMap;
  const { managedFields: __, ...metadata } = objectAt(rest, ['metadata']);
  return { ...rest, metadata };
}

function emptyChunk(environment: string, index: number): Chunk {
  const metadata = {
    name: inventoryName(environment, index),
    labels: { 'app.kubernetes.io/managed-by': 'weaveflux' },
  };
  return { rest: { apiVersion: 'v1', kind: 'ConfigMap', metadata }, entries: new Map() };
}

function withAdded(
  chunks: readonly Chunk[],
  entries: readonly InventoryEntry[],
  environment: string,
  chunkBytes: number,
): ReadonlyMap<number, Chunk> {
  const draft = chunks.map((chunk) => ({ rest: chunk.rest, entries: new Map(chunk.entries), bytes: bytesOf(chunk) }));
  const changed = new Set<number>();
  for (const entry of entries) {
    const key = objectKey(entry.id);
    const holder = draft.findIndex((chunk) => chunk.entries.has(key));
    if (draft[holder]?.entries.get(key)?.apiVersion === entry.apiVersion) continue;
    const size = Buffer.byteLength(lineOf(entry));
    let index = holder >= 0 ? holder : draft.findIndex((chunk) => chunk.bytes + size <= chunkBytes);
    if (index < 0) index = draft.push({ ...emptyChunk(environment, draft.length), entries: new Map(), bytes: 0 }) - 1;
    const chunk = draft[index];
    if (chunk === undefined) continue;
    chunk.entries.set(key, { ...chunk.entries.get(key), ...entry });
    chunk.bytes += size;
    changed.add(index);
  }
  return pick(draft, changed);
}

function withRemoved(chunks: readonly Chunk[], keys: ReadonlySet<string>): ReadonlyMap<number, Chunk> {
  const changed = new Map<number, Chunk>();
  for (const [index, chunk] of chunks.entries()) {
    const entries = new Map([...chunk.entries].filter(([key]) => !keys.has(key)));
    if (entries.size < chunk.entries.size) changed.set(index, { rest: chunk.rest, entries });
  }
  return changed;
}

function bytesOf(chunk: Chunk): number {
  let bytes = 0;
  for (const entry of chunk.entries.values()) bytes += Buffer.byteLength(lineOf(entry));
  return bytes;
}

function pick(draft: readonly Chunk[], changed: ReadonlySet<number>): ReadonlyMap<number, Chunk> {
  return new Map(
    [...changed].flatMap((index) => {
      const chunk = draft[index];
      return chunk === undefined ? [] : [[index, { rest: chunk.rest, entries: chunk.entries }] as const];
    }),
  );
}

function withRan(chunks: readonly Chunk[], digests: ReadonlyMap<string, string>): ReadonlyMap<number, Chunk> {
  const changed = new Map<number, Chunk>();
  for (const [index, chunk] of chunks.entries()) {
    const news = [...digests].filter(([key, ran]) => chunk.entries.has(key) && chunk.entries.get(key)?.ran !== ran);
    if (news.length === 0) continue;
    const entries = new Map(chunk.entries);
    for (const [key, ran] of news) {
      const entry = entries.get(key);
      if (entry !== undefined) entries.set(key, { ...entry, ran });
    }
    changed.set(index, { rest: chunk.rest, entries });
  }
  return changed;
}
