import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WeavefluxError } from '../errors.ts';
import type { Json, Path } from '../json.ts';
import { parseFile, parseQuickly, parseYamlValue } from './documents.ts';

function valuesOf(text: string, file = 'a.yaml'): Json[] {
  const { documents, problems } = parseFile(file, text);
  assert.deepEqual(problems, []);
  return documents.map(({ value }) => value);
}

describe('reading documents', () => {
  const cases: [name: string, text: string, values: Json[], file?: string][] = [
    ['nothing', '', []],
    ['a comment only', '# nothing\n', []],
    ['several, the empty ones left out', '---\n---\na: 1\n---\n# c\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    [
      'keys that are no strings',
      '1: a\nyes: b\n0x10: c\n1.5: d\n"1.0": e\n',
      [{ 1: 'a', true: 'b', 16: 'c', '1.5': 'd', '1.0': 'e' }],
    ],
    [
      'merge keys, which override what stands before them, as with kubectl',
      'a: &a {x: 1, z: 1}\nb: {x: 0, <<: *a, z: 2}\n',
      [{ a: { x: 1, z: 1 }, b: { x: 1, z: 2 } }],
    ],
    [
      'merge lists, the first winning',
      'a: &a {x: 1}\nb: &b {x: 2, z: 2}\nc:\n  <<: [*a, *b]\n',
      [{ a: { x: 1 }, b: { x: 2, z: 2 }, c: { x: 1, z: 2 } }],
    ],
    ['a quoted merge key as a key', 'a: {"<<": {x: 1}}\n', [{ a: { '<<': { x: 1 } } }]],
    [
      'tags',
      'a: !!str 12\nb: !!int "3"\nc: !own x\nd: !!binary aGVsbG8=\ne: !!float 3\nf: !!null ""\n',
      [{ a: '12', b: 3, c: 'x', d: 'hello', e: 3, f: null }],
    ],
    [
      '__proto__ as a key like any other',
      'a: 1\n__proto__:\n  b: 2\n',
      [JSON.parse('{"a": 1, "__proto__": {"b": 2}}')],
    ],
    ['JSON in a YAML file', '{"a": {"b":1},\n"c":[]}\n', [{ a: { b: 1 }, c: [] }]],
    [
      'JSON',
      '\uFEFF{"a": "\\u00e9\\n", "b": [1.5e3, -0.5, true, null]}',
      [{ a: 'é\n', b: [1500, -0.5, true, null] }],
      'a.json',
    ],
    ['several JSON values', '{"a": 1} {"b": 2}\n', [{ a: 1 }, { b: 2 }], 'a.json'],
    [
      'a template expression inside a string',
      'a: "{{ $labels.x }}"\nb: is {{ $value }} now\n',
      [{ a: '{{ $labels.x }}', b: 'is {{ $value }} now' }],
    ],
  ];
  for (const [name, text, values, file] of cases) {
    it(name, () => assert.deepEqual(valuesOf(text, file), values));
  }

  it('gives each alias a value of its own', () => {
    const [value] = valuesOf('a: &a {x: 1}\nb: *a\n') as [{ a: Json; b: Json }];
    assert.notEqual(value.a, value.b);
  });

  it('numbers documents and their first lines', () => {
    const { documents } = parseFile('dir/a.yaml', '# c\n---\n\na: 1\n---\n---\n- x\n');
    assert.deepEqual(
      documents.map(({ file, index, line }) => [file, index, line]),
      [
        ['dir/a.yaml', 0, 4],
        ['dir/a.yaml', 1, 7],
      ],
    );
  });

  it('reads 20,000 keys and 2,000 documents within seconds', () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `key-${index}: ${index}`).join('\n');
    assert.equal(Object.keys(valuesOf(keys)[0] ?? {}).length, 20_000);
    assert.equal(Object.keys(valuesOf(`x: &x 1\n${keys}`)[0] ?? {}).length, 20_001);
    assert.equal(valuesOf('a: 1\n---\n'.repeat(2000)).length, 2000);
  });
});

describe('a file with an error', () => {
  const cases: [name: string, text: string, line: number, message: RegExp, file?: string][] = [
    ['a key twice', 'a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n', 5, /the key "c" stands twice/],
    ['a key twice in two spellings', 'a: 1\n"a": 2\n', 2, /twice/],
    ['a key twice in JSON', '{"apiVersion": 1,\n "apiVersion": 2}', 2, /twice/, 'a.json'],
    ['a tab as indentation', 'a:\n\tb: 1\n', 2, /a tab is used as indentation/],
    ['a bad indentation', 'a:\n    b: 1\n  c: 1\n', 3, /indented|column/],
    ['an open quote', 'a: 1\nb: "x\nc: 2\n', 3, /./],
    ['an open bracket', 'a: [1, 2\nb: 1\n', 2, /end with a \]/],
    ['a mapping on a key line', 'a: 1\nb: c: d\n', 2, /a value on one line is expected/],
    ['a Helm template', 'a: 1\nb: {{ .Values.b }}\n', 2, /template expression/],
    ['a Helm block', 'a: 1\n{{- if .Values.b }}\nb: 1\n{{- end }}\n', 2, /template expression/],
    ['an anchor that is missing', 'a: 1\nb: *x\n', 2, /anchor/],
    ['an alias inside its own anchor', 'a: &a\n  b: *a\n', 2, /its own anchor/],
    ['an integer whose digits would be lost', 'a: 1\nb: 9007199254740993\n', 2, /9007199254740993 .* quote it/],
    ['an integer of JSON whose digits would be lost', '{"apiVersion": 9007199254740993}', 1, /digits/, 'a.json'],
    ['infinity', 'a: .inf\n', 1, /\.inf is a number that JSON cannot hold/],
    ['a list as a key', '? [a]\n: b\n', 1, /a key is expected/],
    ['null as a key', '~: b\n', 1, /quote it/],
    ['a wrong tag', 'a: !!int x\n', 1, /!!int/],
    ['a merge key with text', 'a: 1\n<<: b\n', 2, /merge key/],
    [
      'a JSON file with a comma too many',
      '{"apiVersion": "v1",\n "a": [1,]}\n',
      2,
      /"\]" stands where JSON expects a value/,
      'a.json',
    ],
    ['an open string in JSON', '{"apiVersion": "v1}\n', 1, /not closed/, 'a.json'],
  ];
  for (const [name, text, line, message, file = 'dir/a.yaml'] of cases) {
    it(`has no documents and says why and where: ${name}`, () => {
      const { documents, problems } = parseFile(file, `${text}`);
      assert.deepEqual(documents, []);
      assert.equal(problems.length, 1);
      const [problem] = problems;
      assert.deepEqual(
        [problem?.severity, problem?.code, problem?.file, problem?.line],
        ['error', 'INVALID_YAML', file, line],
      );
      assert.match(problem?.message ?? '', message);
      assert.ok(problem?.message.startsWith(`${file} line ${line} `), problem?.message);
    });
  }

  it('is refused when a document before the bad one is good', () => {
    assert.deepEqual(parseFile('a.yaml', 'a: 1\n---\nb: [\n').documents, []);
  });

  it('is only warned of when it is JSON with comments that names no apiVersion', () => {
    const { documents, problems } = parseFile('tsconfig.json', '{\n  // strict\n  "a": 1\n}\n');
    assert.deepEqual(documents, []);
    assert.deepEqual(
      problems.map(({ severity, line }) => [severity, line]),
      [['warning', 2]],
    );
  });

  it('cannot exhaust memory with aliases', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`,
    );
    const { problems } = parseFile('a.yaml', `l0: &l0 [x,x,x,x,x,x,x,x,x]\n${levels.join('\n')}\n`);
    assert.match(problems[0]?.message ?? '', /aliases stand for more than/);
  });

  for (const [kind, file, text] of [
    ['YAML in flow style', 'a.yaml', `a: ${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['YAML in block style', 'a.yaml', Array.from({ length: 700 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['JSON', 'a.json', `{"apiVersion": ${'['.repeat(50_000)}`],
  ] as const) {
    it(`cannot exhaust the stack with deep ${kind}`, () => {
      assert.match(parseFile(file, text).problems[0]?.message ?? '', /nested|expected|deep/);
    });
  }
});

describe('positions', () => {
  const text =
    '# c\nspec:\n  "key": &x value # c\n  list:\n  - a: 1\n    b: {c: \'d\'}\n  copy: *x\n  none:\n  block: |\n    one\n\nlast: x\n';
  const cases: [path: Path, part: 'value' | 'key', line: number, column: number, source: string][] = [
    [['spec', 'key'], 'value', 3, 13, 'value'],
    [['spec', 'key'], 'key', 3, 3, '"key"'],
    [['spec', 'list', 0, 'a'], 'value', 5, 8, '1'],
    [['spec', 'list', 0], 'value', 5, 5, "a: 1\n    b: {c: 'd'}"],
    [['spec', 'list', 0, 'b', 'c'], 'value', 6, 12, "'d'"],
    [['spec', 'copy'], 'value', 7, 9, '*x'],
    [['spec', 'none'], 'value', 8, 8, ''],
    [['spec', 'block'], 'value', 9, 10, '|\n    one'],
    [['last'], 'key', 12, 1, 'last'],
  ];
  for (const ending of ['\n', '\r\n']) {
    for (const mark of ['', '\uFEFF']) {
      for (const [path, part, line, column, source] of cases) {
        it(`of ${path.join('.')} (${part})${ending === '\n' ? '' : ' with CRLF'}${mark && ' with a byte order mark'}`, () => {
          const written = mark + text.replaceAll('\n', ending);
          const position = parseFile('a.yaml', written).documents[0]?.position(path, part);
          assert.ok(position);
          assert.deepEqual([position.line, position.column], [line, column]);
          assert.equal(written.slice(position.start, position.end), source.replaceAll('\n', ending));
        });
      }
    }
  }

  it('of JSON', () => {
    const json = '{\n  "a": {"b": [1, "x"]}\n}';
    const position = parseFile('a.json', json).documents[0]?.position(['a', 'b', 1]);
    assert.deepEqual(position, { start: json.indexOf('"x"'), end: json.indexOf('"x"') + 3, line: 2, column: 18 });
  });

  it('of nothing', () => {
    const [document] = parseFile('a.yaml', 'a: {b: 1}\n').documents;
    assert.equal(document?.position(['a', 'c']), undefined);
    assert.equal(document?.position(['a', 0]), undefined);
    assert.equal(document?.position([], 'key'), undefined);
    assert.equal(document?.position(['toString']), undefined);
  });
});

describe('reading quickly', () => {
  const cases: [name: string, file: string, text: string, quick: boolean][] = [
    ['YAML of the common subset', 'a.yaml', 'a: 1\n---\n# c\n---\nb: [x]\n', true],
    ['JSON in a YAML file, its empty documents left out', 'a.yaml', '{\n"a": 1} null {"b": 2}', true],
    ['JSON with an error', 'a.json', '{"a": }', true],
    ['an anchor', 'a.yaml', 'a: &x 1\n', false],
    ['an error', 'a.yaml', 'a: [\n', false],
    ['an error in JSON in a YAML file', 'a.yaml', '{"a": }', false],
  ];
  for (const [name, file, text, quick] of cases) {
    it(`${quick ? 'reads' : 'leaves'} ${name}`, () => {
      const read = parseQuickly(file, text);
      assert.equal(read !== undefined, quick);
      if (read === undefined) return;
      const { documents, problems } = parseFile(file, text);
      assert.deepEqual(read.problems, problems);
      assert.deepEqual(
        read.documents.map(({ index, line, value }) => ({ index, line, value })),
        documents.map(({ index, line, value }) => ({ index, line, value })),
      );
    });
  }
});

describe('reading one value', () => {
  it('reads it', () => assert.deepEqual(parseYamlValue('a: [1, yes]\n'), { a: [1, true] }));
  it('is null where there is none', () => assert.equal(parseYamlValue('# empty\n'), null));
  for (const [name, text, line] of [
    ['an error', 'a: 1\nb: [\n', 2],
    ['a second document', 'a: 1\n---\nb: 1\n', 3],
  ] as const) {
    it(`throws on ${name}`, () => {
      assert.throws(
        () => parseYamlValue(text, '.weaveflux.yaml'),
        (error) =>
          error instanceof WeavefluxError &&
          error.code === 'INVALID_YAML' &&
          error.about.line === line &&
          error.about.file === '.weaveflux.yaml',
      );
    });
  }
});
