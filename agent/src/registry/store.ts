import { readFileSync, unlinkSync } from 'node:fs';
import { mkdir, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileNameOf, readRecord, writeRecord } from './store-file.ts';
import { emptyRecord, type TagRecord } from './tag-record.ts';

/** What is known of image repositories, kept over restarts: a cache, losing it costs requests and nothing else. */
export interface TagStore {
  /** The record, read from its file the first time; an empty one where there is none. */
  record(name: string): TagRecord;
  /** Writes the record. Never throws: a full disk is a warning. */
  save(record: TagRecord): Promise<void>;
}

/** Where and how much. */
export interface TagStoreOptions {
  readonly directory: string;
  /** Takes one sentence. */
  readonly warn: (message: string) => void;
  /** Bytes of all files together. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 256 * 1024 * 1024;
/** So much more than the limit may be there for a while: to look at all files after each is slow where they are many. */
const UNCHECKED_PART = 0.05;

/** Opens the store; nothing is read before it is asked for. */
export function openStore({ directory, warn, maxBytes = MAX_BYTES }: TagStoreOptions): TagStore {
  const records = new Map<string, TagRecord>();
  const writing = new Map<string, Promise<void>>();
  /** Bytes written since it was last seen that all files fit. */
  let unchecked = Number.POSITIVE_INFINITY;

  function load(name: string): TagRecord {
    const path = join(directory, fileNameOf(name));
    try {
      return readRecord(readFileSync(path, 'utf8'), name);
    } catch (error) {
      if (!isMissing(error)) {
        warn(`The stored tags of ${name} cannot be read and are dropped; they are listed again at the next scan.`);
        drop(path);
      }
      return emptyRecord(name);
    }
  }

  async function write(record: TagRecord): Promise<void> {
    const path = join(directory, fileNameOf(record.name));
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const text = writeRecord(record);
      await writeFile(`${path}.tmp`, text, { mode: 0o600 });
      await rename(`${path}.tmp`, path);
      unchecked += text.length;
      if (unchecked <= maxBytes * UNCHECKED_PART) return;
      unchecked = 0;
      await makeRoom(directory, path, maxBytes);
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      warn(
        `The tags of ${record.name} could not be stored in ${directory} (${why}); after a restart they are read from the registry again.`,
      );
    }
  }

  return {
    record(name) {
      const record = records.get(name) ?? load(name);
      records.set(name, record);
      return record;
    },
    async save(record) {
      // One writer a file: a later record never loses to an earlier one.
      const turn = (writing.get(record.name) ?? Promise.resolve()).then(() => write(record));
      writing.set(record.name, turn);
      await turn;
      if (writing.get(record.name) === turn) writing.delete(record.name);
    },
  };
}

/** Removes the files that were not written for the longest time until the rest fits; never the one just written. */
async function makeRoom(directory: string, kept: string, maxBytes: number): Promise<void> {
  const files = await Promise.all(
    (await readdir(directory)).map(async (name) => {
      const path = join(directory, name);
      const about = await stat(path).catch(() => undefined);
      return { path, size: about?.size ?? 0, time: about?.mtimeMs ?? 0 };
    }),
  );
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of files.sort((a, b) => a.time - b.time)) {
    if (total <= maxBytes) return;
    if (path === kept) continue;
    await unlink(path).catch(() => undefined);
    total -= size;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function drop(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is written over at the next scan.
  }
}
