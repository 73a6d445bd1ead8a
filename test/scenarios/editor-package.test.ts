import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { readZipMember } from '../rig/tools/zip.ts';
import { packExtension } from '../support/extension-build.ts';

/** Bytes: what people download. */
const LIMIT = 1_000_000;
/** Bytes: what is read and compiled before anything of the extension works. */
const START_LIMIT = 100_000;
const SHIPPED = [
  'dist/extension.cjs',
  'dist/client-node.cjs',
  'dist/dashboard.js',
  'dist/dashboard.css',
  'media/weaveflux.svg',
  'schemas/settings.json',
  'package.nls.json',
];

test('the packed extension is small, and holds what it runs and no sources', async () => {
  const zip = await readFile(await packExtension());
  assert.ok(zip.length < LIMIT, `${zip.length} bytes`);
  for (const file of SHIPPED) assert.ok(readZipMember(zip, `extension/${file}`).length > 0, file);
  const extension = readZipMember(zip, 'extension/dist/extension.cjs').toString();
  const parts = [...extension.matchAll(/require\("\.\/(part-[\w-]+\.cjs)"\)/g)].map(([, part]) => part);
  assert.ok(parts.length >= 2, 'what is loaded at a first need is apart');
  for (const part of parts) assert.ok(readZipMember(zip, `extension/dist/${part}`).length > 0, part);
  for (const file of ['src/extension.ts', 'dist/extension.cjs.map', 'tsconfig.json'])
    assert.throws(() => readZipMember(zip, `extension/${file}`), /no .* in the zip archive/);
});

test('the start reads little: what answers is in parts that are loaded later', async () => {
  const zip = await readFile(await packExtension());
  const bytes = (file: string): number => {
    const text = readZipMember(zip, `extension/dist/${file}`).toString();
    // What is loaded later stands inside of functions.
    const parts = [...text.matchAll(/(?:var |,)import_\w+=require\("\.\/(part-[\w-]+\.cjs)"\)/g)];
    return parts.reduce((sum, [, part = '']) => sum + bytes(part), text.length);
  };
  const start = bytes('extension.cjs');
  assert.ok(start < START_LIMIT, `${start} bytes`);
});

test('links and pictures of the packed README lead to the published repository', async () => {
  const zip = await readFile(await packExtension());
  const readme = readZipMember(zip, 'extension/readme.md').toString();
  const links = [...readme.matchAll(/\]\(([^)]+)\)|src="([^"]+)"/g)].map(([, link, source]) => link ?? source ?? '');
  assert.ok(links.length > 0, 'the README has links');
  for (const link of links) assert.match(link, /^(https:\/\/|#)/);
});
