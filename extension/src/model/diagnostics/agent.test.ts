import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, warning } from '@weaveflux/shared';
import type { AgentState } from '../agent/state.ts';
import { connected, deployment, imageStatus, objectStatus, sourceOf } from '../testing/source.ts';
import { agentProblems } from './agent.ts';
import { closedFindings, openFindings } from './agent-places.ts';

const KEY = 'apps/Deployment/shop/web';

function all(state: AgentState): string[] {
  return [...agentProblems(state)].flatMap(([file, problems]) =>
    problems.map(({ line, problem, container }) => [file, line, problem.code, container ?? ''].join(' ').trim()),
  );
}

test('what an agent says is gathered by file, each thing once', () => {
  const rejected = failure('REJECTED', 'The cluster refuses it.', { object: KEY, file: 'web.yaml', line: 1 });
  const state = connected({
    sync: { problems: [rejected, failure('INVALID_YAML', 'No YAML.', { file: 'b.yaml', line: 7 })] },
    objects: [objectStatus({ problem: rejected })],
    images: [imageStatus({ problem: warning('REGISTRY_AUTH', 'Log in.') })],
    repository: { problem: failure('GIT_AUTH', 'No key.') },
  });
  assert.deepEqual(all(state), ['web.yaml 1 REJECTED', 'web.yaml 11 REGISTRY_AUTH web', 'b.yaml 7 INVALID_YAML']);
  assert.deepEqual(all({ ...state, connection: { kind: 'lost', message: 'gone' } }), []);
});

test('in a file that is not open the whole line is meant', () => {
  const problems = [{ problem: failure('REJECTED', 'No.'), file: 'web.yaml', line: 3 }];
  const [finding] = closedFindings(problems);
  assert.deepEqual([finding?.range.startLine, finding?.range.startCharacter], [2, 0]);
});

const object = { object: KEY, file: 'web.yaml', line: 1 };
const moved = `# one\n# two\n${deployment()}`;
const marked = deployment([], 'r.io/web:1.4.2 # {"$imagepolicy": "flux:web"}');

const places: { name: string; text: string; state: AgentState; expected: string[] }[] = [
  {
    name: 'a problem goes with its object',
    text: moved,
    state: connected({ objects: [objectStatus({ problem: failure('REJECTED', 'No.', object) })] }),
    expected: ['REJECTED 3'],
  },
  {
    name: 'also one at a line inside of it, and where the file leaves the namespace open',
    text: moved.replace('  namespace: shop\n', ''),
    state: connected({
      objects: [objectStatus()],
      sync: { problems: [failure('IMMUTABLE_FIELD', 'No.', { ...object, line: 6 })] },
    }),
    expected: ['IMMUTABLE_FIELD 8'],
  },
  {
    name: 'one of an image stands at the image',
    text: moved,
    state: connected({ images: [imageStatus({ problem: warning('REGISTRY_AUTH', 'Log in.') })] }),
    expected: ['REGISTRY_AUTH 13'],
  },
  {
    name: 'of an object that is gone nothing is said',
    text: deployment().replace('name: web\n  n', 'name: other\n  n'),
    state: connected({ objects: [objectStatus({ problem: failure('REJECTED', 'No.', object) })] }),
    expected: [],
  },
  {
    name: 'a policy that was wrong is judged by the text as it is',
    text: deployment(),
    state: connected({ sync: { problems: [failure('INVALID_POLICY', 'No.', object)] } }),
    expected: [],
  },
  {
    name: 'but not a marker whose ImagePolicy is missing',
    text: marked,
    state: connected({
      objects: [objectStatus()],
      sync: { problems: [warning('INVALID_POLICY', 'No.', { ...object, line: 11 })] },
    }),
    expected: ['INVALID_POLICY 11'],
  },
  {
    name: 'a file that could not be read, and now can',
    text: deployment(),
    state: connected({ sync: { problems: [failure('INVALID_YAML', 'No.', { file: 'web.yaml', line: 2 })] } }),
    expected: [],
  },
  {
    name: 'a template, which only the agent tells of',
    text: 'apiVersion: v1\nkind: {{ .kind }}\n',
    state: connected({ sync: { problems: [failure('INVALID_YAML', 'No.', { file: 'web.yaml', line: 2 })] } }),
    expected: ['INVALID_YAML 2'],
  },
  {
    name: 'a line that is not there any more',
    text: 'a: 1',
    state: connected({ sync: { problems: [failure('UNREADABLE_FILE', 'No.', { file: 'web.yaml', line: 20 })] } }),
    expected: ['UNREADABLE_FILE 1'],
  },
];

for (const { name, text, state, expected } of places) {
  test(name, () => {
    const problems = agentProblems(state).get('web.yaml') ?? [];
    const findings = openFindings(problems, sourceOf('web.yaml', text), [], state);
    assert.deepEqual(
      findings.map(({ code, range }) => `${code} ${range.startLine + 1}`),
      expected,
    );
  });
}

test('what the file itself was found to say is not said twice', () => {
  const state = connected({ sync: { problems: [failure('DUPLICATE_OBJECT', 'No.', object)] } });
  const source = sourceOf('web.yaml', deployment());
  const range = source.manifests[0]?.start ?? assert.fail();
  const own = { code: 'DUPLICATE_OBJECT', severity: 'error', message: '', range } as const;
  assert.deepEqual(openFindings(agentProblems(state).get('web.yaml') ?? [], source, [own], state), []);
});
