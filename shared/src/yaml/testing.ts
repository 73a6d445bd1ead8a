import fc from 'fast-check';

/** Documents of mappings, lists and scalars as people write them, in many layouts. For tests only. */
export function documentText(): fc.Arbitrary<string> {
  const { lines } = fc.letrec<{ lines: string[]; mapping: string[]; list: string[] }>((tie) => ({
    lines: fc.oneof({ weight: 4, arbitrary: tie('mapping') }, { weight: 1, arbitrary: tie('list') }),
    mapping: fc
      .tuple(
        fc.uniqueArray(
          fc.tuple(key, fc.oneof({ maxDepth: 3 }, inlineValue, block(tie('mapping')), block(tie('list')))),
          { minLength: 1, maxLength: 4, selector: ([name]) => name.replace(/^["']|["']$/g, '') },
        ),
        noise,
      )
      .map(mappingLines),
    list: fc
      .array(fc.oneof({ maxDepth: 3 }, inlineValue, tie('mapping'), tie('list')), { minLength: 1, maxLength: 3 })
      .map(listLines),
  }));
  const ending = fc.constantFrom('\n', '\n', '\r\n');
  const separator = fc.constantFrom('---', '--- # next');
  return fc
    .tuple(fc.array(lines, { minLength: 1, maxLength: 3 }), ending, separator, fc.boolean(), fc.boolean())
    .map(([documents, eol, marker, final, mark]) => {
      const text = documents.map((document) => document.join(eol)).join(`${eol}${marker}${eol}`);
      return `${mark ? '\uFEFF' : ''}${text}${final ? eol : ''}`;
    });
}

const word = fc.constantFrom(
  'a',
  'name',
  'image',
  'app.kubernetes.io/name',
  'weaveflux.dev/tag.web',
  'x-y',
  'k8s',
  'Zoë',
);
const key = fc.oneof(
  word,
  word.map((text) => `"${text}"`),
  word.map((text) => `'${text}'`),
  fc.constantFrom('1', 'yes', '0x10', 'with space'),
);

const plain = fc.constantFrom(
  'text',
  'reg.example.com:5000/shop/web:1.2.3',
  '1.10',
  '42',
  '0644',
  'yes',
  'null',
  '~',
  '12:30',
  '2024-01-01',
  'a b  c',
  '-x',
  '--flag=1',
  'a#b',
  'a:b',
  '"q"',
  "'s'",
  "'it''s # x: y'",
  '"a\\n\\"b\\" # x: y"',
  '""',
  "''",
  '{}',
  '[]',
  '[a, "b", 3]',
  '{a: 1, b: "x"}',
  '[[a], {b: c}]',
  '🚀',
  '1_000',
  '.5',
);
const comment = fc.constantFrom('', '', '', '   # note', ' # {"$imagepolicy": "a:b"}');
const blockScalar = fc
  .tuple(
    fc.constantFrom('|', '|-', '|+', '>', '>-'),
    fc.constantFrom('', ' # note'),
    fc.array(fc.constantFrom('one', 'two: 2', '  more', '# no comment', 'a\tb', ''), { minLength: 1, maxLength: 4 }),
  )
  .map(([header, note, lines]) => [` ${header}${note}`, ...lines.map((line) => (line === '' ? '' : `  ${line}`))]);
const folded = fc
  .constantFrom(
    [' first', '  second'],
    [" 'first", "  second'"],
    [' "first', '', '  second"'],
    [' first', '', '', '  second  '],
  )
  .map((lines): string[] => [...lines]);
const inlineValue: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(plain, comment).map(([text, note]) => [` ${text}${note}`]) },
  { weight: 1, arbitrary: comment.map((note): string[] => [note]) },
  { weight: 1, arbitrary: blockScalar },
  { weight: 1, arbitrary: folded },
);
/** Lines between the entries: blank ones and comments. */
const noise = fc.array(fc.constantFrom<readonly string[]>([], [], [], [''], ['# between'], ['', '  # deeper', '']), {
  minLength: 4,
  maxLength: 4,
});

function block(lines: fc.Arbitrary<string[]>): fc.Arbitrary<string[]> {
  return fc.tuple(lines, fc.constantFrom(2, 2, 4), comment).map(([inner, width, note]) => {
    const margin = ' '.repeat(inner[0]?.startsWith('-') && width === 4 ? 0 : width);
    return [note, ...inner.map((line) => (line === '' ? '' : margin + line))];
  });
}

function mappingLines([entries, gaps]: [[string, string[]][], (readonly string[])[]]): string[] {
  return entries.flatMap(([name, [first = '', ...rest]], index) => [
    ...(gaps[index] ?? []),
    `${name}:${first}`,
    ...rest,
  ]);
}

function listLines(items: string[][]): string[] {
  return items.flatMap(([first = '', ...rest]) => {
    const head = first.startsWith(' ') || first === '' ? `-${first}` : `- ${first}`;
    return [head, ...rest.map((line) => (line === '' ? '' : `  ${line}`))];
  });
}
