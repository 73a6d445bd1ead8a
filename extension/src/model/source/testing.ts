import { documentText } from '@weaveflux/shared/testing';
import fc from 'fast-check';

/** Files in which documents are told apart in every way, in and out of order. For tests only. */
export function fileText(): fc.Arbitrary<string> {
  const generated = documentText().map((text) => text.replace(/^\uFEFF/, '').replace(/\r?\n?$/, '\n'));
  const document = fc.oneof(
    { weight: 2, arbitrary: generated },
    { weight: 5, arbitrary: fc.constantFrom(...DOCUMENTS) },
  );
  const separator = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('---\n', '--- # next\n', '---\n# about it\n', '# before it\n---\n') },
    { weight: 3, arbitrary: fc.constantFrom('...\n---\n', '...\n', '... # end\n# then\n---\n', '---\n---\n') },
    { weight: 1, arbitrary: fc.constantFrom(...ODD) },
  );
  const start = fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    {
      weight: 3,
      arbitrary: fc.constantFrom('---\n', '# first\n---\n', '\n\n', '%YAML 1.2\n---\n', '...\n', '\n---\n---\n'),
    },
    { weight: 1, arbitrary: fc.constantFrom('%YAML 1.1\n%TAG !e! tag:e,2000:\n---\n', '%TAG ! x\n', '%own\n---\n') },
  );
  return fc
    .tuple(fc.boolean(), start, fc.array(fc.tuple(document, separator), { maxLength: 5 }), document, fc.boolean(), eol)
    .map(([mark, first, pairs, last, final, ending]) => {
      const text = first + pairs.flat().join('') + (final ? last : last.replace(/\n$/, ''));
      return (mark ? '\uFEFF' : '') + text.replaceAll('\n', ending);
    });
}

/** Texts of the pieces that YAML and JSON are made of, mostly broken. For tests only. */
export function brokenText(): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  );
  return fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
}

const eol = fc.constantFrom('\n', '\n', '\r\n');

const DOCUMENTS = [
  '',
  '# only a comment\n',
  'a: 1\nb: [x, y]\n',
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  text: |\n    ---\n    a: 1\n     ...\n    %no directive\n',
  'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\n  annotations:\n    weaveflux.dev/automated: "true"\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: "reg/web:1.0" # one\n        - {name: side, image: reg/side}\n',
  'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: one}\n- apiVersion: batch/v1\n  kind: Job\n  metadata: {name: two}\n  spec: {template: {spec: {containers: [{name: c, image: reg/c:2}]}}}\n- kind: Odd\n',
  'kind: Service\napiVersion: v1\nmetadata: {}\n',
  'a: &x {b: 1}\nc: *x\n',
  'a: !e!own b\nc: !!str 1\n',
  'text: "one\n  two"\nmore: >-\n  folded\n  --- not a marker\n',
  '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "json"}}\n',
  '{\n\t"a": 1\n}\n',
  '{"a": 1} {"b": 2}\n',
  'plain text\n  over lines\n',
  'name: {{ .Values.name }}\n',
  'a: 1\na: 2\n',
  'a: "not closed\n',
  'a: *nowhere\n',
  'a:\n\tb: 1\n',
  '- 1\n- 2\n',
  'null\n',
];

const ODD = [
  '...\n...\n',
  '...\n%YAML 1.2\n---\n',
  '...\n%YAML 1.1\n%TAG !e! tag:e,2000:\n---\n',
  '%YAML 1.2\n---\n',
  '...\n\uFEFFodd: 1\n---\n',
  '%TAG x\n...\n---\n',
  '...\n%TAG !e! tag:e,2000:\n',
  '---x\n',
  ' ---\n',
  '---\t# tab\n',
  '--- a: 1\n',
  '--- |\n  block\n',
  '\u2028---\n',
  '....\n',
];

const PIECES = [
  '\n',
  '\n',
  '\n  ',
  '\n    ',
  '\r\n',
  '\r',
  '\t',
  ' ',
  ': ',
  ':',
  '- ',
  '\n- ',
  '\n---\n',
  '\n...\n',
  '---',
  '#',
  ' # c',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ',',
  '{{ .x }}',
  '{% if %}',
  '|',
  '>-',
  '&a',
  '*a',
  '!!int ',
  '!',
  '%YAML 1.2\n',
  '<<: ',
  '? ',
  'apiVersion: v1',
  'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web',
  'kind: List\nitems:\n',
  'metadata:',
  '\n  annotations:\n    weaveflux.dev/tag.web: ',
  'image: a/b:c',
  '$imagepolicy',
  ' # {"$imagepolicy": "a:b:tag"}',
  '\uFEFF',
  '\u2028',
  '\0',
  '\uD83D',
  '😀',
  '__proto__: ',
  'null',
  '~',
  '1e400',
  '0x1F',
  '.inf',
] as const;
