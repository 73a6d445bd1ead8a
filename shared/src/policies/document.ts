import { FLUX_FILTER_PREFIX, FLUX_PREFIXES, KEYS, type KeyDescription, MAX_KEY_NAME, PREFIX } from './keys.ts';
import { POLICY_KINDS } from './kinds.ts';

/** The page `docs/reference/policies.md`, made of the tables that the code reads by. */
export function policiesPage(): string {
  return `<!-- Made by "npm run docs" from shared/src/policies; change it there. -->
# Policies

Policies stand next to the image, as annotations of the workload. Every value is a string: write \`"true"\`, not \`true\`
(below \`x-weaveflux\` of a service of Compose the quotes may be left out). An unknown key under \`${PREFIX}\` is a warning
at its line; a value that cannot be understood blocks what it is about and never counts as its default.
The name behind the slash has at most ${MAX_KEY_NAME} characters.

## Keys

${table(['Key', 'Where', 'Value', 'Default', 'Meaning', 'Example', 'Flux v1'], KEYS.map(keyRow))}

An edit keeps the spelling that the file uses. Where a key is there in two spellings, Weaveflux's wins.

## Kinds of policy

${table(
  ['Prefix', 'Newest by', 'Admits', 'Example'],
  POLICY_KINDS.map((kind) => [code(`${kind.prefix}:`), kind.order, kind.meaning, code(kind.example)]),
)}

- In a kustomization the keys are its own annotations, and an image is called by the last part of its name. A service of Compose has them under
  \`x-weaveflux\`, where the prefix and the container may be left out.
- \`latest\`, in any case, is chosen only by exactly \`glob:latest\`.
- Signatures, attestations, SBOMs and referrers (\`sha256-….sig\`, \`.att\`, \`.sbom\`) are never chosen.
- Expressions are RE2, found anywhere in the tag, and take linear time. Look-around and back references do not exist.
- Versions and ranges are those of Masterminds/semver 3.1, as in Flux v1: a comma or a space joins with AND, \`||\` with
  OR; \`~ ^ > >= < <= = !=\`, hyphen ranges and \`x\`, \`X\`, \`*\` are understood; a pre-release is admitted only by a comparison that has
  one itself, so \`>=1.2.3-0\` admits \`1.2.4-rc.1\` and \`>=1.2.3\` does not.
- Of equal versions or numbers the greater tag is the newer (\`1.10.0\` before \`1.10\`), of equal created times the smaller.
- A field with a Flux v2 marker takes its policy from the \`ImagePolicy\` and \`ImageRepository\` of that name in the repository, where, as in
  Flux v2, one pre-release in a range lets pre-releases into all comparisons beside it.
`;
}

function keyRow(key: KeyDescription): string[] {
  const name = key.perContainer ? `${key.name}.<container>` : key.name;
  return [
    code(PREFIX + name),
    key.place,
    shownValue(key),
    key.default === 'none' ? 'none' : code(key.default),
    key.meaning,
    code(key.example),
    fluxSpellings(key, name),
  ];
}

function shownValue(key: KeyDescription): string {
  const values: Record<KeyDescription['type'], string> = {
    boolean: '`"true"`, `"false"`',
    ignore: '`"true"`, `sync_only`, `"false"`',
    policy: 'a policy',
    regexp: 'an RE2 expression',
    duration: 'a duration',
    time: 'a time (RFC 3339)',
    pointers: 'JSON Pointers',
    platform: 'a platform, `nodes`, `any`',
    text: 'text',
    word: code(key.word ?? ''),
  };
  return values[key.type];
}

function fluxSpellings(key: KeyDescription, name: string): string {
  if (!key.flux) return '';
  const spellings = FLUX_PREFIXES.map((prefix) => prefix + name);
  return [...spellings, ...(key.name === 'tag' ? [`${FLUX_FILTER_PREFIX}<container>`] : [])].map(code).join(', ');
}

function table(head: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
