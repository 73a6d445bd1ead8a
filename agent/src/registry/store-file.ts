import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type DeletedTag, emptyRecord, type TagFacts, type TagRecord } from './tag-record.ts';

const readSchema = z.tuple([z.string()], z.string());
const deletedSchema = z.object({
  tag: z.string(),
  digest: z.string(),
  created: z.string().optional(),
  pushed: z.string().optional(),
  since: z.string(),
});
const aboutSchema = z.object({
  name: z.string(),
  scannedAt: z.string().optional(),
  etag: z.string().optional(),
  dropped: z.number().int().default(0),
  deleted: z.array(deletedSchema),
});
const currentSchema = aboutSchema.extend({
  version: z.literal(2),
  /** One a line: a million of them are read as fast as one text. */
  listed: z.string(),
  /** Of listed tags `[tag, digest, created, pushed, platforms]`, up to the last that is known; an empty text = not known. */
  read: z.array(readSchema),
});
/** The form of agents of before: every listed tag as it stands in `read`, with its name alone where nothing is known. */
const formerSchema = aboutSchema
  .extend({ version: z.literal(1), listed: z.array(readSchema) })
  .transform(({ listed, ...about }) => ({
    ...about,
    listed: listed.map(([tag]) => tag).join('\n'),
    read: listed.filter((known) => known.length > 1),
  }));
const fileSchema = z.union([currentSchema, formerSchema]);

/** Characters; beyond it tags of which nothing is known are left out, they are listed again anyway. */
const MAX_TEXT = 16 * 1024 * 1024;
const READABLE = 80;
/** What stands for the platforms of an image that was read and does not say. */
const NO_PLATFORM = '-';

/** A file name for an image repository: readable, and unlike that of any other, whatever the name holds. */
export function fileNameOf(name: string): string {
  const readable = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, READABLE);
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 20);
  return `${readable}-${hash}.json`;
}

/** A record as text for its file. */
export function writeRecord(record: TagRecord): string {
  const { listed } = record;
  const text = serialize(record, listed.names(), [...listed.read()]);
  if (text.length <= MAX_TEXT) return text;
  const read = [...listed.read()].slice(-Math.floor(MAX_TEXT / 160));
  const names = read.map(([tag]) => tag);
  return serialize({ ...record, etag: undefined }, names, read);
}

/** A file's text as a record; throws where it is damaged or another repository's. */
export function readRecord(text: string, name: string): TagRecord {
  const file = fileSchema.parse(JSON.parse(text));
  if (file.name !== name) throw new Error('it is about another image repository');
  const record = emptyRecord(name);
  const names = new Set(file.listed === '' ? [] : file.listed.split('\n'));
  record.listed.replaceNames(names);
  for (const [tag, ...known] of file.read) if (names.has(tag)) record.listed.learn(tag, facts(...known));
  for (const { tag, digest, created, pushed, since } of file.deleted)
    record.deleted.set(tag, { ...facts(digest, created, pushed), since });
  if (file.scannedAt !== undefined) record.scannedAt = file.scannedAt;
  if (file.etag !== undefined) record.etag = file.etag;
  record.dropped = file.dropped;
  return record;
}

type Serializable = Pick<TagRecord, 'name' | 'dropped'> & {
  readonly deleted: ReadonlyMap<string, DeletedTag>;
  readonly scannedAt?: string | undefined;
  readonly etag?: string | undefined;
};

function serialize(
  record: Serializable,
  names: readonly string[],
  read: readonly (readonly [string, TagFacts])[],
): string {
  const { name, scannedAt, etag, dropped } = record;
  return JSON.stringify({
    version: 2,
    name,
    scannedAt,
    etag,
    dropped,
    listed: names.join('\n'),
    read: read.map(([tag, known]) => [tag, ...withoutEnd(known)]),
    deleted: [...record.deleted].map(([tag, { platforms: _, ...known }]) => ({ tag, ...known })),
  });
}

/** What is known, in the order of the file, up to the last that is. */
function withoutEnd({ digest = '', created = '', pushed = '', platforms }: TagFacts): string[] {
  const known = [digest, created, pushed, platforms === undefined ? '' : platforms.join() || NO_PLATFORM];
  while (known.at(-1) === '') known.pop();
  return known;
}

function facts(digest = '', created = '', pushed = '', platforms = ''): TagFacts {
  return {
    ...(digest && { digest }),
    ...(created && { created }),
    ...(pushed && { pushed }),
    ...(platforms && { platforms: platforms === NO_PLATFORM ? [] : platforms.split(',') }),
  };
}
