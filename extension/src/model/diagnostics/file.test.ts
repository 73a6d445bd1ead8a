import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, sourceOf } from '../testing/source.ts';
import { type FileFacts, fileFindings } from './file.ts';
import type { Finding } from './finding.ts';

const FACTS: FileFacts = { standing: 'manifests', others: [], hasSyntaxCheck: false, isDelivered: false };

/** `severity code 6:4-6:27 text`, lines from 1. */
function shown(text: string, { code, severity, range }: Finding): string {
  const line = text.split('\n')[range.startLine] ?? '';
  const end = range.endLine === range.startLine ? range.endCharacter : line.length;
  return `${severity} ${code} ${range.startLine + 1}: ${line.slice(range.startCharacter, end)}`;
}

function found(text: string, facts: Partial<FileFacts> = {}, path = 'shop/web.yaml'): string[] {
  return fileFindings(sourceOf(path, text), { ...FACTS, ...facts }).map((finding) => shown(text, finding));
}

const LONG = 'a'.repeat(60);
const HELM =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Values.name }}\nspec:\n  {{- toYaml . | nindent 2 }}\n';

const cases: { name: string; text: string; expected: string[]; facts?: Partial<FileFacts> }[] = [
  {
    name: 'nothing of a container whose image is still to be written',
    text: deployment(['weaveflux.dev/tag.web: semver:~1.4'], ''),
    expected: [],
  },
  { name: 'nothing is wrong', text: deployment(['weaveflux.dev/tag.web: semver:~1.4']), expected: [] },
  {
    name: 'a policy that cannot be understood, at its value',
    text: deployment(['weaveflux.dev/tag.web: semver:1.x.y.z']),
    expected: ['error INVALID_POLICY 7: semver:1.x.y.z'],
  },
  {
    name: 'a policy without its prefix, which is a glob that nothing matches',
    text: deployment(['weaveflux.dev/tag.web: semver ~1', 'fluxcd.io/tag.web: main-*']),
    expected: ['warning MATCHES_NOTHING 7: semver ~1'],
  },
  {
    name: 'a key that is none, at the key',
    text: deployment(['"weaveflux.dev/automatd": "true"']),
    expected: ['warning UNKNOWN_KEY 7: "weaveflux.dev/automatd"'],
  },
  {
    name: 'a container that is not there, at the key',
    text: deployment(['weaveflux.dev/tag.wbe: semver:~1']),
    expected: ['warning UNKNOWN_KEY 7: weaveflux.dev/tag.wbe'],
  },
  {
    name: 'a boolean and a number where strings are needed, at their values',
    text: deployment(['weaveflux.dev/automated: true', 'fluxcd.io/tag.web: 1.10']),
    expected: ['error INVALID_POLICY 7: true', 'error INVALID_POLICY 8: 1.10'],
  },
  {
    name: 'no value at all, at the key',
    text: deployment(['weaveflux.dev/automated:']),
    expected: ['error INVALID_POLICY 7: weaveflux.dev/automated'],
  },
  {
    name: 'a name that is too long, at the key',
    text: deployment([`weaveflux.dev/tag.${LONG}: glob:*`]),
    expected: [`error INVALID_POLICY 7: weaveflux.dev/tag.${LONG}`],
  },
  { name: 'an image without tag', text: deployment([], 'r.io/web'), expected: ['warning NO_TAG 11: r.io/web'] },
  {
    name: 'an image that may be another tomorrow',
    text: deployment([], '"web:latest"'),
    expected: ['information MUTABLE_TAG 11: "web:latest"'],
  },
  { name: 'a digest says all', text: deployment([], `web@sha256:${'a'.repeat(64)}`), expected: [] },
  {
    name: 'of what is rendered first neither tags nor doubles are missed, but policies are',
    text: `${deployment(['weaveflux.dev/tag.web: a:b'], 'web')}---\n${deployment()}`,
    facts: { standing: 'rendered' },
    expected: ['error INVALID_POLICY 7: a:b'],
  },
  {
    name: 'nothing in a chart',
    text: deployment(['weaveflux.dev/tag.web: a:b'], 'web'),
    facts: { standing: 'ignored' },
    expected: [],
  },
  {
    name: 'an object that is stated twice, at both',
    text: `${deployment()}---\n${deployment()}`,
    expected: ['warning DUPLICATE_OBJECT 1: apiVersion: apps/v1', 'error DUPLICATE_OBJECT 13: apiVersion: apps/v1'],
  },
  { name: 'a template', text: HELM, expected: [] },
  {
    name: 'a manifest that cannot be read',
    text: 'apiVersion: v1\nkind: Service\n metadata: x\n',
    expected: ['error INVALID_YAML 2: kind: Service'],
  },
  {
    name: 'of which another extension tells',
    text: 'apiVersion: v1\nkind: Service\n metadata: x\n',
    facts: { hasSyntaxCheck: true },
    expected: [],
  },
  { name: 'broken YAML that is no manifest', text: 'a: 1\n b: 2\n', expected: [] },
  {
    name: 'broken YAML beside a manifest',
    text: `${deployment()}---\na: 1\n b: 2\n`,
    expected: [],
  },
  {
    name: 'a manifest without name',
    text: 'apiVersion: v1\nkind: Service\nmetadata: {}\n',
    expected: ['error INVALID_MANIFEST 1: apiVersion: v1'],
  },
  { name: "another tool's file", text: 'apiVersion: skaffold/v4\nkind: Config\n', expected: [] },
  { name: 'a kubeconfig', text: 'apiVersion: v1\nkind: Config\nclusters: []\n', expected: [] },
  {
    name: 'a kind cluster',
    text: 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n',
    expected: [],
  },
  {
    name: 'unless an agent takes it for a manifest',
    text: 'apiVersion: skaffold/v4\nkind: Config\n',
    facts: { isDelivered: true },
    expected: ['error INVALID_MANIFEST 1: apiVersion: skaffold/v4'],
  },
  { name: 'Compose', text: 'services:\n  web:\n    image: web\n', expected: [] },
];

for (const { name, text, expected, facts } of cases) {
  test(name, () => assert.deepEqual(found(text, facts), expected));
}

test('JSON is checked as YAML is', () => {
  const value = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tidy', annotations: { 'weaveflux.dev/automated': true } },
    spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'tidy', image: 'tidy' }] } } } } },
  };
  assert.deepEqual(found(JSON.stringify(value, null, 2), {}, 'tidy.json'), [
    'error INVALID_POLICY 7: true',
    'warning NO_TAG 18: "tidy"',
  ]);
});

test('while a document is broken, what was found in it stays where it stands now', () => {
  const text = deployment(['weaveflux.dev/automated: true']);
  const typed = text.replace('metadata:', '"new\nmetadata:');
  const source = sourceOf('web.yaml', text, typed);
  const findings = fileFindings(source, FACTS).filter(({ code }) => code !== 'INVALID_YAML');
  assert.deepEqual(
    findings.map((finding) => shown(typed, finding)),
    ['error INVALID_POLICY 8: true'],
  );
});

test('another open file tells of the same object, and where', () => {
  const [a, b] = [sourceOf('a.yaml', deployment()), sourceOf('b.yaml', `# b\n${deployment()}`)];
  const [inA] = fileFindings(a, { ...FACTS, others: [b] });
  const [inB] = fileFindings(b, { ...FACTS, others: [a] });
  assert.deepEqual([inA?.severity, inA?.other], ['warning', { path: 'b.yaml', line: 2 }]);
  assert.deepEqual([inB?.severity, inB?.other], ['error', { path: 'a.yaml', line: 1 }]);
  assert.match(inB?.message ?? '', /^shop:deployment\/web is stated before in a.yaml:1; /);
});
