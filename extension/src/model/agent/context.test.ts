import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connected } from '../testing/source.ts';
import { contextOf } from './context.ts';
import { type AgentState, type Connection, UNKNOWN_STATE } from './state.ts';

const of = (connection: Connection): AgentState => ({ ...UNKNOWN_STATE, connection });
const CONNECTED = connected({});
const MISSING = of({ kind: 'not-found', message: 'No agent.' });

describe('the connection that the welcome of an empty view speaks of', () => {
  const cases: readonly [string, readonly AgentState[], 'off' | 'scanning' | 'ready', boolean, string][] = [
    ['Restricted Mode', [], 'off', false, 'restricted'],
    ['no Git', [], 'off', true, 'no-git'],
    ['no repository yet', [], 'scanning', true, 'scanning'],
    ['no repository', [], 'ready', true, 'no-repository'],
    ['the only one', [MISSING], 'ready', true, 'not-found'],
    ['what works goes first', [MISSING, CONNECTED], 'ready', true, 'connected'],
    [
      'what a person can mend goes before what is under way',
      [of({ kind: 'searching' }), MISSING],
      'ready',
      true,
      'not-found',
    ],
  ];
  for (const [name, states, git, trusted, expected] of cases)
    test(name, () => assert.equal(contextOf(states, git, trusted)['weaveflux.connection'], expected));
});

test('acting is offered until it is known that it is denied', () => {
  const denied: AgentState = { ...CONNECTED, rights: { kind: 'denied', reason: 'No.' } };
  const lost: AgentState = { ...CONNECTED, connection: { kind: 'lost', message: 'Away.' } };
  const mayAct = (...states: AgentState[]) => contextOf(states, 'ready', true)['weaveflux.mayAct'];
  assert.deepEqual(
    [mayAct(CONNECTED), mayAct(denied), mayAct(lost), mayAct(denied, CONNECTED), mayAct()],
    [true, false, false, true, false],
  );
});

test('an agent that asks for a token is told of', () => {
  const asking = of({ kind: 'no-permission', message: 'It is old.', needsToken: 'https://a' });
  assert.equal(contextOf([asking], 'ready', true)['weaveflux.needsToken'], true);
  assert.equal(contextOf([MISSING], 'ready', true)['weaveflux.needsToken'], false);
});
