import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AgentLease, type AgentPod, chooseEnvironment, choosePod } from './find-agent.ts';

const PLACE = { namespace: 'weaveflux', cluster: 'the cluster at https://10.0.0.1' };

function pod(name: string, change: Partial<AgentPod> = {}): AgentPod {
  return { name, environment: 'shop', ready: true, port: 3030, ...change };
}

describe('the environment that is meant', () => {
  const both = [pod('a'), pod('b', { environment: 'live' }), pod('c')];
  const cases: [string, AgentPod[], string | undefined, string | RegExp][] = [
    ['the only one', [pod('a'), pod('b')], undefined, 'shop'],
    ['the one that is named', both, 'live', 'live'],
    ['none there', [], undefined, /^No agent runs in namespace weaveflux of the cluster at .*--namespace/],
    ['none there, though one is named', [], 'live', /^No agent runs in namespace weaveflux/],
    ['another than those there', both, 'test', /^No agent of the environment "test" runs .*there are: live, shop\.$/],
    ['several there', both, undefined, /choose one with --environment \(live, shop\)/],
  ];
  for (const [name, pods, wanted, expected] of cases) {
    test(name, () => {
      const choose = () => chooseEnvironment(pods, wanted, PLACE);
      if (typeof expected === 'string') assert.equal(choose(), expected);
      else assert.throws(choose, { message: expected });
    });
  }
});

describe('the pod to speak to', () => {
  const unready = { ready: false };
  const fresh = (holder: string): AgentLease => ({ holder, isFresh: true });
  const stale = (holder: string): AgentLease => ({ holder, isFresh: false });
  const cases: [string, AgentPod[], AgentLease | undefined, string | RegExp][] = [
    ['the only one', [pod('a')], undefined, 'a'],
    ['the only one that is ready', [pod('a', unready), pod('b')], undefined, 'b'],
    ['the only one, ready or not: its status says why', [pod('a', unready)], undefined, 'a'],
    ['the one that holds the Lease', [pod('a'), pod('b')], fresh('b'), 'b'],
    ['the one that holds the Lease, ready or not', [pod('a'), pod('b', unready)], fresh('b'), 'b'],
    ['the one that holds the Lease, by whatever clock', [pod('a'), pod('b')], stale('b'), 'b'],
    ['the only one, where a Lease is left over', [pod('a')], stale('gone'), 'a'],
    ['none while nobody has taken over', [pod('a')], fresh('gone'), /^Pod gone, .* none has taken over yet/],
    ['none of two without a Lease', [pod('a'), pod('b')], undefined, /2 pods are .* none holds its Lease/],
    ['none where all have gone', [], fresh('gone'), /^No pod of the agent of environment shop/],
    ["not another environment's", [pod('a', { environment: 'live' })], undefined, /^No pod/],
  ];
  for (const [name, pods, lease, expected] of cases) {
    test(name, () => {
      const choose = () => choosePod(pods, lease, 'shop', 'weaveflux').name;
      if (typeof expected === 'string') assert.equal(choose(), expected);
      else assert.throws(choose, { code: 'API_UNREACHABLE', message: expected });
    });
  }
});
