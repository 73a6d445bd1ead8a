import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { editFiles } from './file-edits.ts';
import { minimalReplaces } from './minimal-replaces.ts';

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          image: r.io/web:1.4.2
`;
const JSON_WEB = JSON.stringify(
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { template: { spec: { containers: [{ name: 'web', note: '🛒', image: 'r.io/web:1.4.2' }] } } },
  },
  null,
  '\t',
);
const BLOCKS = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n    ---\n    kind: b\n    ...\n';
const LINE = '          image: r.io/web:1.4.2';

/** Texts that hold 1.4.2 once, where a release of 1.5.0 must be the one thing that changes. */
const odd: { name: string; text: string; file?: string }[] = [
  { name: 'Windows line ends', text: WEB.replaceAll('\n', '\r\n') },
  {
    name: 'line ends of two kinds',
    text: WEB.replace('\nspec', '\r\nspec').replace('\n          image', '\r\n          image'),
  },
  { name: 'a byte order mark', text: `\uFEFF${WEB}` },
  { name: 'a byte order mark and Windows line ends', text: `\uFEFF${WEB.replaceAll('\n', '\r\n')}` },
  { name: 'no line feed at the end', text: WEB.trimEnd() },
  { name: 'blanks at ends of lines', text: WEB.replaceAll('\n', '  \n').replace('spec:', '   \n\nspec:') },
  { name: 'tabs before and in comments', text: `#\ta\n${WEB.replace(LINE, `${LINE}\t# a\tb`)}` },
  { name: 'signs of two units above', text: `# 🛒 für 漢字 𝒳\n${WEB}` },
  {
    name: 'signs of two units in the line',
    text: WEB.replace(/- name: web\n *image: (\S+)/, '- { "🛒": "𝒳é", name: web, image: $1 } # 🛒'),
  },
  { name: 'separators in a block scalar', text: `${BLOCKS}--- # web\n${WEB}...\n` },
  { name: 'a separator with a comment above all', text: `# a\n---\n# b\n${WEB}---\n---\n` },
  { name: 'a quoted value', text: WEB.replace('r.io/web:1.4.2', `'r.io/web:1.4.2'`) },
  { name: 'an anchor that nothing uses', text: WEB.replace('r.io/web:1.4.2', '&image r.io/web:1.4.2') },
  { name: 'JSON with tabs', text: JSON_WEB, file: 'web.json' },
  { name: 'JSON in a YAML file', text: `\uFEFF${JSON_WEB}\r\n` },
  { name: 'a List in JSON', text: `{"apiVersion": "v1", "kind": "List", "items": [${JSON_WEB}]}`, file: 'web.json' },
];

describe('a release changes the characters of the tag alone', () => {
  for (const { name, text, file = 'web.yaml' } of odd) {
    it(name, () => {
      const { texts, problems } = editFiles({
        texts: new Map([[file, text]]),
        changes: [
          { file, change: { kind: 'release', workload: 'apps/Deployment//web', container: 'web', tag: '1.5.0' } },
        ],
        requestedBy: { name: '' },
        chosenTag: () => undefined,
      });
      assert.deepEqual(problems, []);
      const after = texts.get(file) ?? '';
      assert.equal(after, text.replace('1.4.2', '1.5.0'));
      const start = text.indexOf('1.4.2') + 2;
      assert.deepEqual(minimalReplaces(text, after), [{ start, end: start + 3, text: '5.0' }]);
    });
  }
});

/** Texts in which nothing can be changed without changing something else. */
const refused: { name: string; text: string; reason: RegExp }[] = [
  {
    name: 'an anchor that is used again',
    text: WEB.replace(/image: (\S+)/, 'image: &image $1\n        - {name: side, image: *image}'),
    reason: /^web\.yaml line 10 cannot be edited: .*anchor; nothing was changed\.$/,
  },
  {
    name: 'a container that another one merges',
    text: WEB.replace('- name: web', '- &base\n          name: web').replace(
      /image: \S+/,
      '$&\n        - {<<: *base, name: side}',
    ),
    reason: /^web\.yaml line 11 cannot be edited: .*anchor; nothing was changed\.$/,
  },
  {
    name: 'a key that stands twice',
    text: WEB.replace(/ +image: \S+/, '$&\n$&'),
    reason: /^web\.yaml line 11 cannot be read: .*image.*\.$/,
  },
  {
    name: 'a template',
    text: WEB.replace('1.4.2', '{{ .tag }}'),
    reason: /^"r\.io\/web:\{\{ \.tag \}\}" is no image reference: /,
  },
  {
    name: 'a template beside it',
    text: `${WEB}---\na: {{ .a }}\n`,
    reason: /^web\.yaml line 12 holds a template expression/,
  },
  {
    name: 'a quote that is not closed',
    text: WEB.replace('r.io', '"r.io'),
    reason: /^web\.yaml line 10 cannot be read: /,
  },
];

describe('nothing is changed, and a sentence says why', () => {
  for (const { name, text, reason } of refused) {
    it(name, () => {
      const { texts, problems } = editFiles({
        texts: new Map([['web.yaml', text]]),
        changes: [
          {
            file: 'web.yaml',
            change: { kind: 'release', workload: 'apps/Deployment//web', container: 'web', tag: '1.5.0' },
          },
        ],
        requestedBy: { name: '' },
        chosenTag: () => undefined,
      });
      assert.equal(texts.size, 0);
      assert.match(problems.map(({ message }) => message).join('\n'), reason);
    });
  }
});
