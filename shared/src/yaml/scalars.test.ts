import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { readFull } from './full.ts';
import { doubleQuoted, isSafePlain, singleQuoted } from './quote.ts';
import { isUnreadable, readPlain, type ScalarValue } from './scalars.ts';

/** What kubectl 1.32 (sigs.k8s.io/yaml 1.6) makes of plain scalars. */
const KUBECTL: [value: ScalarValue, sources: string[]][] = [
  [true, ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE']],
  [false, ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE']],
  [null, ['~', 'null', 'Null', 'NULL']],
  [0, ['0', '-0', '+0', '00', '0.0', '-0.0']],
  [7, ['007', '0_7']],
  [420, ['0644']],
  [15, ['0o17', '0O17']],
  [5, ['0b101']],
  [3, ['0B11']],
  [-3, ['-0b11']],
  [31, ['0x1F', '0X1f']],
  [-31, ['-0x1f']],
  [12, ['+12', '12']],
  [-12, ['-12']],
  [1000, ['1_000', '1e3', '1E3', '1e+3']],
  [10, ['1__0']],
  [1, ['1_', '1.']],
  [-1, ['-_1']],
  [89, ['089']],
  [8, ['08']],
  [1.1, ['1.10']],
  [0.5, ['.5', '+.5', '.5_0']],
  [-0.5, ['-.5']],
  [0.001, ['1e-3']],
  [1500, ['1.5e3']],
  [12000, ['12e03']],
  [1000.5, ['1_000.5']],
  [100, ['1.e2']],
  [20240101, ['20240101']],
  ['yEs', ['yEs']],
  ['tRue', ['tRue']],
  ['nULL', ['nULL']],
  ['nil', ['nil']],
  ['none', ['none']],
  ['_1', ['_1']],
  ['0o8', ['0o8']],
  ['0x', ['0x']],
  ['0b2', ['0b2']],
  ['0xg', ['0xg']],
  ['.', ['.']],
  ['..', ['..']],
  ['-.', ['-.']],
  ['1.2.3', ['1.2.3']],
  ['1e', ['1e']],
  ['1e400', ['1e400']],
  ['.e1', ['.e1']],
  ['12:30', ['12:30']],
  ['190:20:30', ['190:20:30']],
  ['1:30.5', ['1:30.5']],
  ['2024-01-01', ['2024-01-01']],
  ['2024-1-1', ['2024-1-1']],
  ['2024-01-01T10:00:00Z', ['2024-01-01T10:00:00Z']],
  ['2001-12-14t21:59:43.10-05:00', ['2001-12-14t21:59:43.10-05:00']],
  ['2024-13-45', ['2024-13-45']],
  ['-.inf1', ['-.inf1']],
  ['.infinity', ['.infinity']],
  ['.NAN1', ['.NAN1']],
  ['+', ['+']],
  ['--', ['--']],
  ['--flag', ['--flag']],
  ['-x', ['-x']],
  ['+x', ['+x']],
  ['=', ['=']],
  ['v1', ['v1']],
  ['1.2.3-rc.1', ['1.2.3-rc.1']],
  ['1a', ['1a']],
  ['0a', ['0a']],
  ['1,000', ['1,000']],
  ['10%', ['10%']],
  ['5m', ['5m']],
  ['100m', ['100m']],
  ['1Gi', ['1Gi']],
  ['1.5Gi', ['1.5Gi']],
  ['0.5.0', ['0.5.0']],
  ['1/2', ['1/2']],
  ['++1', ['++1']],
  ['-1-1', ['-1-1']],
  ['0755x', ['0755x']],
  ['true1', ['true1']],
  ['yes!', ['yes!']],
  ['nope', ['nope']],
  ['only', ['only']],
];

describe('a plain scalar is read as kubectl reads it', () => {
  for (const [value, sources] of KUBECTL) {
    it(`${sources.join(', ')} = ${JSON.stringify(value)}`, () => {
      for (const source of sources) assert.deepEqual(readPlain(source), value, source);
    });
  }

  it('a string that begins with no digit, sign or word is itself', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[abcdeghijklmpqrsuvwxz@_/].*$/), (text) => assert.equal(readPlain(text), text)),
    );
  });

  it('loses no digits', () => {
    for (const text of [
      '9007199254740993',
      '-9007199254740993',
      '18446744073709551615',
      '0xFFFFFFFFFFFFFFFFF',
      '123456789012345678901234567890',
    ]) {
      assert.ok(isUnreadable(readPlain(text)), text);
    }
    for (const text of ['9007199254740991', '9007199254740992', '-9007199254740991'])
      assert.equal(String(readPlain(text)), text);
  });
});

describe('a string that we write', () => {
  const strings = fc.oneof(
    fc.constantFrom(...KUBECTL.flatMap(([, sources]) => sources)),
    fc.constantFrom(
      '<<',
      '=',
      '~',
      '@sha256',
      '*x',
      '&x',
      'a #b',
      'a: b',
      'a:',
      'y:2,z',
      '1:30',
      '190:20:30',
      '1e3',
      '-',
      '- a',
      '---',
      '...',
      '!x',
      '%x',
      '0x1f',
      '1_000',
      '2024-01-01T00:00:00Z',
      'a\u2028b',
    ),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'aby019 .:#-_/@+,[]{}"\'\\~nofE\n\t') }),
  );

  /** How the package reads a value in block and in flow style, as YAML 1.1 and as 1.2; and how we do. */
  function readings(source: string): unknown[] {
    const block = `a: ${source}\n`;
    const flow = `[{a: ${source}, b: c}]\n`;
    const theirs = (['1.1', '1.2'] as const).flatMap((version) => [
      parse(block, { version, logLevel: 'silent' }).a,
      parse(flow, { version, logLevel: 'silent' })[0].a,
    ]);
    const ours = readFull(block);
    const root = 'roots' in ours ? ours.roots[0] : undefined;
    return [
      ...theirs,
      root?.kind === 'mapping' && root.entries[0]?.value.kind === 'scalar' ? root.entries[0].value.value : undefined,
    ];
  }

  it('stands bare only where every reader takes it for that string', () => {
    let bare = 0;
    fc.assert(
      fc.property(strings, (text) => {
        if (!isSafePlain(text)) return;
        bare++;
        for (const reading of readings(text)) assert.equal(reading, text);
      }),
      { numRuns: 2000 },
    );
    assert.ok(bare > 100, `only ${bare} stood bare`);
  });

  it('is read back from double quotes, by JSON too', () => {
    fc.assert(
      fc.property(strings, (text) => {
        const source = doubleQuoted(text);
        assert.match(source, /^[^\r\n\u0085\u2028\u2029]*$/);
        assert.equal(JSON.parse(source), text);
        if (text.isWellFormed()) for (const reading of readings(source)) assert.equal(reading, text);
      }),
      { numRuns: 300 },
    );
  });

  it('is read back from single quotes, where these can hold it', () => {
    fc.assert(
      fc.property(strings, (text) => {
        const source = singleQuoted(text);
        if (source !== undefined) for (const reading of readings(source)) assert.equal(reading, text);
      }),
      { numRuns: 300 },
    );
  });

  for (const text of [
    'reg:5000/a:1.2',
    'a@sha256:0a1b',
    'latest',
    'v1.2.3',
    '1.2.3',
    'semver:~1.0',
    'weaveflux.dev/tag.web',
    'glob:v*',
  ]) {
    it(`leaves ${text} bare`, () => assert.ok(isSafePlain(text)));
  }
});
