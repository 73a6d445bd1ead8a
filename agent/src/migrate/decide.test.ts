import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { objectKey } from '@weaveflux/shared';
import { decideAll, type Ownership } from './decide.ts';
import { marksOf } from './mark.ts';
import type { Marked } from './marked.ts';

const set = { gitUrl: 'git@git.example.com:acme/env', branch: 'main', paths: [] };
const owner = 'flux.default';

function object(name: string, more: Partial<Marked> = {}): Marked {
  const id = { group: 'apps', kind: 'Deployment', namespace: 'shop', name };
  const kind = { apiVersion: 'apps/v1', plural: 'deployments', namespaced: true };
  const mark = marksOf(set, id)[0] ?? '';
  return {
    id,
    kind,
    uid: name,
    resourceVersion: '1',
    mark,
    environment: undefined,
    owned: false,
    deleting: false,
    ...more,
  };
}

function decide(objects: readonly Marked[], inventory: readonly string[] = []) {
  const ownership: Ownership = { set, owner, inventory: new Set(inventory) };
  return decideAll(objects, ownership).map(({ action, reason }) => [action, reason]);
}

const web = object('web');
const key = objectKey(web.id);

describe('a marked object', () => {
  const rows: readonly (readonly [string, Marked, readonly string[], string, RegExp])[] = [
    ['with its own mark is adopted', web, [], 'adopt', /^$/],
    ['with our label and its name in the inventory is done', { ...web, environment: owner }, [key], 'adopted', /^$/],
    ['with our label alone is finished', { ...web, environment: owner }, [], 'adopt', /^$/],
    ['in the inventory without our label is finished', web, [key], 'adopt', /^$/],
    [
      'of another environment is left to it',
      { ...web, environment: 'weaveflux.prod' },
      [],
      'skip',
      /environment weaveflux\.prod/,
    ],
    ['that is being deleted is left', { ...web, deleting: true }, [], 'skip', /being deleted/],
    [
      'with a mark of another fluxd is left',
      { ...web, mark: 'sha256.abc' },
      [],
      'skip',
      /another repository, branch or path/,
    ],
    [
      'with a mark of another fluxd is left even in our inventory',
      { ...web, mark: 'sha256.abc', environment: owner },
      [key],
      'skip',
      /another repository/,
    ],
  ];
  for (const [what, one, inventory, action, reason] of rows)
    it(what, () => {
      const [[did, why] = []] = decide([one], inventory);
      assert.equal(did, action);
      assert.match(why ?? '', reason);
    });

  it('with the mark of another object is a copy of that', () => {
    const copy = object('web-2', { mark: web.mark });
    assert.deepEqual(decide([copy, web]), [
      ['skip', 'it carries the mark of shop:deployment/web: a copy'],
      ['adopt', ''],
    ]);
  });

  it('that a controller made follows what it was made for and is not listed', () => {
    const endpoints = {
      ...object('web', { uid: 'e' }),
      id: { group: '', kind: 'Endpoints', namespace: 'shop', name: 'web' },
    };
    assert.deepEqual(decide([web, object('web-abc', { owned: true, mark: web.mark }), endpoints]), [['adopt', '']]);
  });
});
