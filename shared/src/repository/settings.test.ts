import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_SETTINGS, parseSettings } from './settings.ts';

const usable: { name: string; text: string; settings: object; problems?: { line: number; holds: string }[] }[] = [
  { name: 'nothing is written', text: '', settings: DEFAULT_SETTINGS },
  {
    name: 'all is written',
    text: 'ignore: [docs/, "**/*.json"]\npruneLimit: {objects: 1, percent: 2.5}\nimages: {write: {branch: weaveflux/images}, commit: group, platforms: nodes, message: "{{image}} {{to}}"}\n',
    settings: {
      ignore: ['docs/', '**/*.json'],
      pruneLimit: { objects: 1, percent: 2.5 },
      windows: [],
      images: {
        write: { branch: 'weaveflux/images' },
        commit: 'group',
        platforms: 'nodes',
        message: '{{image}} {{to}}',
      },
    },
  },
  {
    name: 'rules about signatures know their line',
    text: 'images:\n  verify:\n    - {images: [a/*], key: a.pub}\n    - images: [b]\n      keyless: {issuer: https://i, identity: "regexp:.*"}\n',
    settings: {
      ...DEFAULT_SETTINGS,
      images: {
        verify: [
          { images: ['a/*'], key: 'a.pub', line: 3 },
          { images: ['b'], keyless: { issuer: 'https://i', identity: 'regexp:.*' }, line: 4 },
        ],
      },
    },
  },
  {
    name: 'windows know their line, and are of UTC and about commits where nothing else is said',
    text: 'windows:\n  - {name: hours, allow: 0 9 * * 1-5, for: 8h, timeZone: Europe/Berlin}\n  - deny: 0 0 24 12 *\n    for: 240h\n    workloads: [shop:*]\n',
    settings: {
      ...DEFAULT_SETTINGS,
      windows: [
        { name: 'hours', allow: '0 9 * * 1-5', for: '8h', timeZone: 'Europe/Berlin', applies: ['commits'], line: 2 },
        { deny: '0 0 24 12 *', for: '240h', timeZone: 'UTC', applies: ['commits'], workloads: ['shop:*'], line: 3 },
      ],
    },
  },
  {
    name: 'a key that is not known is a warning at its line',
    text: '# ours\nignored: []\n',
    settings: DEFAULT_SETTINGS,
    problems: [{ line: 2, holds: 'unknown key "ignored"; known are ignore, pruneLimit, windows, images' }],
  },
];

for (const { name, text, settings, problems = [] } of usable) {
  test(name, () => {
    const read = parseSettings(text);
    assert.deepEqual(read.settings, settings);
    assert.deepEqual(
      read.problems.map(({ severity, line }) => ({ severity, line })),
      problems.map(({ line }) => ({ severity: 'warning', line })),
    );
    for (const [index, { holds }] of problems.entries()) assert.ok(read.problems[index]?.message.includes(holds));
  });
}

const refused: { name: string; text: string; line: number; holds: string }[] = [
  { name: 'broken YAML', text: 'ignore:\n  - "a\n', line: 2, holds: 'no readable YAML' },
  { name: 'a second document', text: 'ignore: []\n---\nignore: []\n', line: 3, holds: 'no readable YAML' },
  { name: 'a list at the top', text: '# x\n- a\n', line: 2, holds: 'its top level' },
  {
    name: 'a glob that leaves the repository',
    text: 'ignore:\n  - ok\n  - a/../b\n',
    line: 3,
    holds: '"ignore.1": a glob',
  },
  { name: 'a glob that is ..', text: 'ignore: [..]\n', line: 1, holds: 'must not hold ".."' },
  { name: 'a limit below zero', text: 'pruneLimit:\n  objects: -1\n', line: 2, holds: '"pruneLimit.objects"' },
  { name: 'a window without a kind', text: 'windows:\n  - for: 8h\n', line: 2, holds: 'either allow or deny' },
  {
    name: 'a window of both kinds',
    text: 'windows:\n  - {allow: 0 9 * * *, deny: 0 9 * * *, for: 8h}\n',
    line: 2,
    holds: 'either allow or deny',
  },
  {
    name: 'a window of deploys for some workloads',
    text: 'windows:\n  - {allow: 0 9 * * *, for: 8h, applies: [deploys], workloads: ["shop:*"]}\n',
    line: 2,
    holds: 'about the whole environment',
  },
  ...['', ', key: a, keyless: {issuer: i, identity: x}'].map((who) => ({
    name: `a rule about signatures${who === '' ? ' by nobody' : ' by both a key and an identity'}`,
    text: `images:\n  verify:\n    - {images: [a]${who}}\n`,
    line: 3,
    holds: 'either key or keyless',
  })),
  {
    name: 'a key that no window has',
    text: 'windows:\n  - deny: 0 0 * * *\n    for: 1h\n    zone: UTC\n',
    line: 4,
    holds: 'zone',
  },
  ...['-x', 'a..b', '/a', 'a/', 'a//b', 'a.lock', 'a/.b', 'a b'].map((branch) => ({
    name: `the branch ${branch}`,
    text: `images:\n  write:\n    branch: "${branch}"\n`,
    line: 3,
    holds: '"images.write.branch": it takes the name of a branch',
  })),
  ...['{{tag}}', '{{ to }}', '{{to', 'x }}', '{{range .}}'].map((message) => ({
    name: `the placeholder in ${message}`,
    text: `images:\n  message: "${message}"\n`,
    line: 2,
    holds:
      '"images.message": it takes the placeholders {{summary}} {{image}} {{from}} {{to}} {{workload}} {{policy}} {{group}} and',
  })),
  {
    name: 'a message without a subject',
    text: 'images:\n  message: "\\nx"\n',
    line: 2,
    holds: 'first line is the subject',
  },
  { name: 'a trailer of ours', text: 'images:\n  message: "x\\nWeaveflux-Y: z"\n', line: 2, holds: '"Weaveflux-"' },
  { name: 'a key that no limit has', text: 'pruneLimit:\n  objects: 1\n  share: 3\n', line: 3, holds: 'share' },
];

for (const { name, text, line, holds } of refused) {
  test(`${name} is not usable, and its line is told`, () => {
    const { settings, problems } = parseSettings(text);
    assert.equal(settings, undefined);
    assert.deepEqual(
      problems.map((problem) => [problem.code, problem.severity, problem.file, problem.line]),
      [['INVALID_SETTINGS', 'error', '.weaveflux.yaml', line]],
    );
    assert.ok(problems[0]?.message.includes(holds), problems[0]?.message);
  });
}

test('two dots in a name are no way out', () => {
  assert.deepEqual(parseSettings('ignore: [a..b, ..c/d, e..]\n').problems, []);
});
