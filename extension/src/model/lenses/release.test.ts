import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AgentState, UNKNOWN_STATE } from '../agent/state.ts';
import { deployment } from '../testing/source.ts';
import type { LensOptions, LensSpec } from './lens.ts';
import { decided, lenses } from './testing.ts';

const automated = ['weaveflux.dev/automated: "true"', 'weaveflux.dev/tag.web: semver:~1'];
const newer = { policy: 'semver:~1', state: 'update', chosen: { tag: '1.5.0' } } as const;

describe('the lens that releases', () => {
  const release = (options: Partial<LensOptions>, state = decided(newer)): LensSpec => {
    const found = lenses({ text: deployment(automated), state, options }).find(({ title }) =>
      title.startsWith('Release'),
    );
    assert.ok(found);
    return found;
  };
  const byAgent: Partial<LensOptions> = { settings: { releaseMode: 'agent' } };

  it('say who makes the commit', () => {
    const target = {
      environment: 'env',
      workload: 'apps/Deployment/shop/web',
      container: 'web',
      tag: '1.5.0',
      file: 'web.yaml',
      line: 14,
    };
    const edit = release({});
    assert.deepEqual([edit.title, edit.tooltip], ['Release 1.5.0…', 'Edits this file, then offers to commit.']);
    assert.deepEqual(edit.command, { id: 'weaveflux.release', label: 'Release 1.5.0…', arguments: [target] });
    const agent = release(byAgent);
    assert.deepEqual(
      [agent.title, agent.tooltip],
      ['Release 1.5.0 by the agent…', 'The agent commits it, in your name.'],
    );
    const held = decided({ ...newer, state: 'held', held: ['1.5.0'] });
    assert.equal(release(byAgent, held).title, 'Release anyway by the agent');
    assert.equal(release({}, held).command?.id, 'weaveflux.releaseHeld');
  });

  const refusals: [name: string, state: AgentState, title: string, reason: RegExp, options?: Partial<LensOptions>][] = [
    [
      'lacks the right',
      { ...decided(newer), rights: { kind: 'denied', reason: 'Ask for weaveflux-operate.' } },
      'Release… (no permission)',
      /weaveflux-operate/,
    ],
    ['asks an agent that only reads', readOnly(decided(newer)), 'Release… (the agent is read-only)', /git-readonly/],
    [
      'has lost the agent',
      { ...decided(newer), connection: { kind: 'lost', message: 'Gone.' } },
      'Release… (no agent)',
      /Gone/,
    ],
    ['has no repository', UNKNOWN_STATE, 'Release… (no agent)', /no Git repository/, { environment: undefined }],
  ];
  for (const [name, state, title, reason, options = {}] of refusals) {
    it(`say why the agent cannot be asked by who ${name}`, () => {
      const lens = release({ ...byAgent, ...options }, state);
      assert.deepEqual([lens.title, lens.command], [title, undefined]);
      assert.match(lens.refused?.reason ?? '', reason);
      assert.equal(lens.tooltip, lens.refused?.reason);
      if (name === 'lacks the right') assert.ok(release({}, state).command);
    });
  }
});

describe('the lens that approves', () => {
  const waiting = decided({ ...newer, state: 'needs-approval' });
  const approve = (state: AgentState, options: Partial<LensOptions> = {}): LensSpec => {
    const found = lenses({ text: deployment(automated), state, options }).find(({ title }) =>
      title.startsWith('Approve'),
    );
    assert.ok(found);
    return found;
  };

  it('asks the agent for just the tag that it shows, whatever releases are made by', () => {
    for (const releaseMode of ['edit', 'agent'] as const) {
      const { title, command, tooltip } = approve(waiting, { settings: { releaseMode } });
      assert.deepEqual([title, command?.id, command?.label], ['Approve', 'weaveflux.approve', 'Approve 1.5.0']);
      const [{ environment, workload, container, tag } = assert.fail()] = command?.arguments ?? [];
      assert.deepEqual([environment, workload, container, tag], ['env', 'apps/Deployment/shop/web', 'web', '1.5.0']);
      assert.equal(tooltip, 'The agent commits it, approved in your name.');
    }
  });

  it('says why it cannot be clicked by who only reads', () => {
    const lens = approve({ ...waiting, rights: { kind: 'denied', reason: 'Ask for weaveflux-operate.' } });
    assert.deepEqual([lens.title, lens.command], ['Approve (no permission)', undefined]);
    assert.deepEqual(lens.refused, { label: 'Approve', reason: 'Ask for weaveflux-operate.' });
  });
});

function readOnly(state: AgentState): AgentState {
  return { ...state, ...(state.status && { status: { ...state.status, readOnly: true } }) };
}
