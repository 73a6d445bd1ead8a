import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../json.ts';
import { parseYamlValue } from './documents.ts';
import { printYaml } from './print.ts';

test('a manifest is printed as people write it, in the order of its keys', () => {
  const value = {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: { name: 'web', annotations: { 'weaveflux.dev/automated': 'true' } },
    spec: {
      replicas: 2,
      template: {
        spec: {
          containers: [{ name: 'web', image: 'registry.example.com:5000/shop/web:1.4.2', args: ['--listen', ':80'] }],
          volumes: [{ name: 'tmp', emptyDir: {} }],
        },
      },
    },
    data: { script: 'set -e\necho yes\n', empty: '', nothing: null, list: [] },
  };
  const text = `kind: Deployment
apiVersion: apps/v1
metadata:
  name: web
  annotations:
    weaveflux.dev/automated: "true"
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: web
          image: registry.example.com:5000/shop/web:1.4.2
          args:
            - "--listen"
            - ":80"
      volumes:
        - name: tmp
          emptyDir: {}
data:
  script: |
    set -e
    echo yes
  empty: ""
  nothing: null
  list: []
`;
  assert.equal(printYaml(value), text);
});

const STRINGS: readonly (readonly [value: string, text: string])[] = [
  ['1.10', '"1.10"'],
  ['0644', '"0644"'],
  ['yes', '"yes"'],
  ['null', '"null"'],
  ['12:30', '"12:30"'],
  ['a: b', '"a: b"'],
  ['# no comment', '"# no comment"'],
  ['*', '"*"'],
  ['one\r\ntwo\n', '"one\\r\\ntwo\\n"'],
  ['no end\n\n  here', '|-\n  no end\n\n    here'],
  ['blank end\n\n', '"blank end\\n\\n"'],
  ['plain text', 'plain text'],
];

for (const [value, text] of STRINGS) {
  test(`the string ${JSON.stringify(value)} is printed so that no reader takes it for something else`, () => {
    assert.equal(printYaml({ value }), `value: ${text}\n`);
  });
}

test('comments stand behind scalars and above what mappings and lists hold', () => {
  const value = { spec: { replicas: 5, ports: [{ port: 80 }] } };
  const comments: Record<string, string> = { 'spec/replicas': 'by kubectl,\nat noon', 'spec/ports/0': 'by hand' };
  assert.equal(
    printYaml(value, { comment: (path) => comments[path.join('/')] }),
    'spec:\n  replicas: 5 # by kubectl, at noon\n  ports:\n    # by hand\n    - port: 80\n',
  );
});

test('the same object twice is printed twice', () => {
  const labels = { app: 'web' };
  assert.equal(printYaml({ a: labels, b: labels }), 'a:\n  app: web\nb:\n  app: web\n');
});

test('what is printed reads as it was', () => {
  const strings = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), lines());
  const { json } = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      strings,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(strings, tie('json'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(json, (value) => {
      assert.deepEqual(parseYamlValue(printYaml({ value })), { value });
    }),
    { numRuns: 500 },
  );
});

function lines() {
  const word = fc.constantFrom('a', '', ' ', '  b', '- c', 'd: e', '# f', '\t', 'g ', '---', '...', 'é', '{{ x }}');
  return fc.array(word, { maxLength: 4 }).map((all) => all.join('\n'));
}
