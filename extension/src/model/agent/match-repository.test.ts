import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AgentOffer, matchRepository } from './match-repository.ts';

const URL = 'ssh://git@host.example/org/live.git';

function offer(id: string, branch = 'main', url = URL): AgentOffer {
  return { id, name: id, environment: id, repository: { url, branch } };
}

const REMOTES = ['https://host.example/org/live'];
const LIVE = offer('live');
const STAGING = offer('staging', 'staging');
const TWIN = offer('twin');
const OTHER = offer('other', 'main', 'https://host.example/org/other');

const cases: readonly [
  name: string,
  given: { remotes?: readonly string[]; branch?: string; offers: readonly AgentOffer[]; chosen?: string },
  expected: string,
][] = [
  ['the one that follows remote and branch', { branch: 'main', offers: [OTHER, LIVE, STAGING] }, 'one live'],
  ['a branch decides', { branch: 'staging', offers: [LIVE, STAGING] }, 'one staging'],
  ['any of the remotes counts', { remotes: ['/tmp/x', ...REMOTES], branch: 'main', offers: [LIVE] }, 'one live'],
  ['none without a remote', { remotes: [], branch: 'main', offers: [LIVE] }, 'none'],
  ['none of another repository', { branch: 'main', offers: [OTHER], chosen: 'other' }, 'none'],
  ['several', { branch: 'main', offers: [LIVE, TWIN, STAGING] }, 'several live,twin'],
  ['of several the one that was chosen', { branch: 'main', offers: [LIVE, TWIN], chosen: 'twin' }, 'one twin'],
  ['a choice that is gone is none', { branch: 'main', offers: [LIVE, TWIN], chosen: 'gone' }, 'several live,twin'],
  ['on a branch without agent none', { branch: 'work', offers: [LIVE, STAGING] }, 'none live,staging'],
  ['nor where HEAD is detached', { offers: [LIVE] }, 'none live'],
  ['there the chosen one', { branch: 'work', offers: [LIVE, STAGING], chosen: 'staging' }, 'one staging'],
  ['but not where the branch has its own', { branch: 'main', offers: [LIVE, STAGING], chosen: 'staging' }, 'one live'],
  ['an agent that has just started', { branch: 'main', offers: [offer('new', '')] }, 'one new'],
];

describe('the agent of a repository', () => {
  for (const [name, { remotes = REMOTES, branch, offers, chosen }, expected] of cases) {
    test(name, () => {
      const match = matchRepository({ remotes, branch }, offers, chosen);
      const found = match.kind === 'one' ? [match.agent] : match.kind === 'several' ? match.agents : match.elsewhere;
      assert.equal(`${match.kind} ${found.map(({ id }) => id)}`.trim(), expected);
    });
  }
});
