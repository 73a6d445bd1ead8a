import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** Of what VS Code reads, the names whose values people read. */
const READ_BY_PEOPLE = new Set([
  'accessibilityHelpContent',
  'category',
  'contents',
  'contextualTitle',
  'deprecationMessage',
  'description',
  'displayName',
  'enumDescriptions',
  'enumItemLabels',
  'markdownDeprecationMessage',
  'markdownDescription',
  'markdownEnumDescriptions',
  'name',
  'shortTitle',
  'title',
]);
/** Names of the package itself, which are no texts. */
const NO_TEXTS = new Set(['/name']);

const manifest = readJson('package.json');
const texts = readJson('package.nls.json') as Record<string, string>;
const strings = [...stringsIn(manifest, '')];

test('every text of the package that people read can be translated', () => {
  const literal = strings.filter(
    ({ path, name, text }) => READ_BY_PEOPLE.has(name) && !NO_TEXTS.has(path) && keyIn(text) === undefined,
  );
  assert.deepEqual(literal, []);
});

test('every key of the package has a text, and every text a key', () => {
  const used = new Set(strings.flatMap(({ text }) => keyIn(text) ?? []));
  assert.deepEqual([...used].filter((key) => texts[key] === undefined || texts[key] === '').sort(), []);
  assert.deepEqual(
    Object.keys(texts).filter((key) => !used.has(key)),
    [],
  );
});

interface Found {
  /** Where it stands, such as `/contributes/commands/0/title`. */
  readonly path: string;
  /** The nearest name above it; items of a list have the list's. */
  readonly name: string;
  readonly text: string;
}

function* stringsIn(value: unknown, path: string, name = ''): Generator<Found> {
  if (typeof value === 'string') yield { path, name, text: value };
  else if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* stringsIn(item, `${path}/${i}`, name);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) yield* stringsIn(item, `${path}/${key}`, key);
}

/** `command.pin` of `%command.pin%`. */
function keyIn(text: string): string | undefined {
  return /^%([^%]+)%$/.exec(text)?.[1];
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8'));
}
