import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Release, Source } from './catalog.ts';
import { run } from './run.ts';

/** Where releases are published. */
export interface ReleaseBases {
  readonly kubernetes: string;
  readonly github: string;
  /** Tells the digest of every file of a release. */
  readonly githubApi: string;
}

const OFFICIAL: ReleaseBases = {
  kubernetes: 'https://dl.k8s.io',
  github: 'https://github.com',
  githubApi: 'https://api.github.com',
};

/** Fetches release files and remembers which hosts do not answer. */
export interface Downloader {
  /** False once a host that this needs did not answer. */
  mayAnswer(release: Release): boolean;
  /** Writes the program to `file`, executable. Throws when it cannot be reached or its checksum is another. */
  fetch(release: Release, file: string): Promise<void>;
}

/** Makes a downloader that waits `patience` milliseconds for the next bytes and no longer. */
export function createDownloader(bases: ReleaseBases = OFFICIAL, patience = 3000): Downloader {
  const silent = new Set<Source['base']>();

  async function get({ base, path }: Source): Promise<ReadableStream<Uint8Array>> {
    try {
      return impatient(await open(`${bases[base]}/${path}`, patience), patience * 3);
    } catch (error) {
      if (!(error instanceof HttpError)) silent.add(base);
      throw error;
    }
  }
  return {
    mayAnswer: (release) => [release, release.checksums].every(({ base }) => !silent.has(base)),
    async fetch(release, file) {
      const expected = checksumIn(await text(await get(release.checksums)), basename(release.path));
      const directory = await mkdtemp(join(dirname(file), 'download-'));
      try {
        const downloaded = join(directory, basename(release.path));
        await pipeline(Readable.fromWeb(impatient(await get(release), patience * 3)), createWriteStream(downloaded));
        await verify(downloaded, expected);
        await place(downloaded, release.member, file);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}

/** Somebody answered, but not with what was wanted: worth another try another time. */
class HttpError extends Error {}

async function open(url: string, patience: number): Promise<ReadableStream<Uint8Array>> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), patience);
  try {
    const response = await fetch(url, { signal: limit.signal });
    if (!response.ok || !response.body) throw new HttpError(`${url} answered ${response.status}`);
    return response.body;
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new Error(`${new URL(url).host} cannot be reached`);
  } finally {
    clearTimeout(timer);
  }
}

/** The same bytes, but an error when the next ones do not come in time. */
function impatient(body: ReadableStream<Uint8Array>, patience: number): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no bytes for ${patience / 1000} s`)), patience);
      });
      try {
        const { done, value } = await Promise.race([reader.read(), late]);
        if (done) controller.close();
        else controller.enqueue(value);
      } finally {
        clearTimeout(timer);
      }
    },
    cancel: () => reader.cancel(),
  });
}

async function text(body: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(body).text();
}

function checksumIn(text: string, file: string): string {
  const checksum = text.trimStart().startsWith('{') ? digestOfAsset(text, file) : checksumOnLine(text, file);
  if (!checksum) throw new HttpError(`no checksum of ${file} is published`);
  return checksum;
}

/** GitHub's API: `{assets: [{name, digest: "sha256:…"}]}`. */
function digestOfAsset(text: string, file: string): string | undefined {
  const release: { assets?: { name?: string; digest?: string }[] } = JSON.parse(text);
  const asset = release.assets?.find(({ name }) => name === file);
  return asset?.digest?.match(/^sha256:([0-9a-f]{64})$/)?.[1];
}

function checksumOnLine(text: string, file: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const line =
    lines.find((candidate) => candidate.trim().endsWith(file)) ?? (lines.length === 1 ? lines[0] : undefined);
  return line?.match(/^\s*([0-9a-f]{64})\b/)?.[1];
}

async function verify(file: string, expected: string): Promise<void> {
  const actual = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  if (actual !== expected)
    throw new HttpError(`the checksum of ${basename(file)} is ${actual}, published is ${expected}`);
}

async function place(downloaded: string, member: string | undefined, file: string): Promise<void> {
  if (member) await run('tar', ['-xzf', downloaded, '-C', dirname(downloaded), member]);
  await copyFile(member ? join(dirname(downloaded), member) : downloaded, file);
  await chmod(file, 0o755);
}
