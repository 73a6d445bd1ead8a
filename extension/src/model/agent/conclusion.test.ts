import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { conclusionOf, isSettled, type Obstacle, type PlaceKind } from './conclusion.ts';
import type { AgentMatch, AgentOffer } from './match-repository.ts';

const MAIN = { remotes: ['https://host.example/org/live'], branch: 'main' };
const LOOKED = ['on this machine', 'in namespace weaveflux of context dev'];

function offer(id: string): AgentOffer {
  return { id, name: `agent ${id}`, environment: 'live', repository: { url: 'u', branch: 'main' } };
}

const LOCAL = offer('machine:live');
const REMOTE = offer('cluster:dev/weaveflux/live');
const none: AgentMatch<AgentOffer> = { kind: 'none', elsewhere: [] };
const one = (agent: AgentOffer): AgentMatch<AgentOffer> => ({ kind: 'one', agent });
const both: AgentMatch<AgentOffer> = { kind: 'several', agents: [LOCAL, REMOTE] };
const noConfig: Obstacle = { place: 'cluster', connection: { kind: 'no-kubeconfig', message: 'There is none.' } };
const lost: Obstacle = { place: 'cluster', connection: { kind: 'lost', message: 'It is away.' } };
const refused: Obstacle = { place: 'cluster', connection: { kind: 'no-permission', message: 'Ask for the role.' } };
const needsToken: Obstacle = {
  place: 'address',
  connection: { kind: 'not-found', message: 'It needs a token.', needsToken: 'https://a' },
};
const badSetting: Obstacle = { place: 'address', connection: { kind: 'not-found', message: 'It is http.' } };

const cases: readonly [
  name: string,
  given: {
    match: AgentMatch<AgentOffer>;
    obstacles?: readonly Obstacle[];
    chosen?: string;
    repository?: { remotes: readonly string[]; branch: string | undefined };
  },
  expected: string,
][] = [
  ['one is connected to', { match: one(LOCAL), obstacles: [lost] }, 'agent machine:live'],
  ['the chosen one too', { match: one(REMOTE), chosen: REMOTE.id }, `agent ${REMOTE.id}`],
  [
    'another than the chosen one is not, while that may be there',
    { match: one(LOCAL), chosen: REMOTE.id, obstacles: [lost] },
    'lost It is away.',
  ],
  ['but is where the chosen one is gone', { match: one(LOCAL), chosen: REMOTE.id }, 'agent machine:live'],
  ['several are ambiguous', { match: both }, 'ambiguous agent machine:live, agent cluster:dev/weaveflux/live'],
  ['what says most is told', { match: none, obstacles: [noConfig, lost, needsToken] }, 'not-found It needs a token.'],
  ['a refused setting comes last', { match: none, obstacles: [badSetting, lost] }, 'lost It is away.'],
  ['but before a missing kubeconfig', { match: none, obstacles: [noConfig, badSetting] }, 'not-found It is http.'],
  ['a missing right', { match: none, obstacles: [lost, refused] }, 'no-permission Ask for the role.'],
  ['a missing kubeconfig', { match: none, obstacles: [noConfig] }, 'no-kubeconfig There is none.'],
  [
    'nothing anywhere',
    { match: none },
    'not-found No agent of this repository and branch main was found on this machine, in namespace weaveflux of context dev.',
  ],
  [
    'nothing, with HEAD detached',
    { match: none, repository: { ...MAIN, branch: undefined } },
    'not-found No agent of this repository was found on this machine, in namespace weaveflux of context dev.',
  ],
  [
    'no remote',
    { match: none, repository: { remotes: [], branch: 'main' } },
    'not-found This repository has no remote by which its agent could be found; add the one that the agent follows.',
  ],
  [
    'an agent that may be the one goes before those of other branches',
    {
      match: { kind: 'none', elsewhere: [LOCAL] },
      obstacles: [{ ...lost, isAgent: true }],
      repository: { ...MAIN, branch: 'work' },
    },
    'lost It is away.',
  ],
  [
    'other branches',
    { match: { kind: 'none', elsewhere: [LOCAL] }, obstacles: [lost], repository: { ...MAIN, branch: 'work' } },
    'not-found No agent follows branch work; agent machine:live follows main. Check that out, or choose the environment.',
  ],
];

describe('what looking for an agent comes to', () => {
  for (const [name, { match, obstacles = [], chosen, repository = MAIN }, expected] of cases) {
    test(name, () => {
      const conclusion = conclusionOf(repository, { match, obstacles, looked: LOOKED }, chosen);
      assert.equal('agent' in conclusion ? `agent ${conclusion.agent.id}` : said(conclusion.connection), expected);
    });
  }
});

function said(connection: object): string {
  const { kind, message, names } = connection as { kind: string; message?: string; names?: readonly string[] };
  return `${kind} ${message ?? names?.join(', ')}`;
}

describe('what is looked at further on', () => {
  const steps: readonly [string, AgentMatch<AgentOffer>, string | undefined, readonly PlaceKind[], boolean][] = [
    ['nothing, once one fits', one(LOCAL), undefined, ['machine'], true],
    ['nothing, once several fit', both, undefined, ['machine'], true],
    ['the rest, while none fits', none, undefined, ['machine'], false],
    ['the place of the choice', one(LOCAL), REMOTE.id, ['machine', 'address'], false],
    ['nothing after the place of the choice', one(LOCAL), REMOTE.id, ['machine', 'address', 'cluster'], true],
    ['nothing, once the choice is found', one(LOCAL), LOCAL.id, ['machine'], true],
  ];
  for (const [name, match, chosen, done, expected] of steps)
    test(name, () => assert.equal(isSettled(match, chosen, done), expected));
});
