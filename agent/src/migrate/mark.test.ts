import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ObjectId } from '@weaveflux/shared';
import { marksOf, urlSpellings } from './mark.ts';

/** What the URL parser of fluxd's newer and older releases makes of these; one text where both agree. */
const URLS: readonly (readonly [string, ...string[]])[] = [
  ['git@github.com:acme/shop.git', 'ssh://git@github.com/acme/shop.git'],
  ['git@ssh.dev.azure.com:v3/acme/shop/env', 'ssh://git@ssh.dev.azure.com/v3/acme/shop/env'],
  ['git@host.example:/srv/env.git', 'ssh://git@host.example/srv/env.git'],
  ['git@host.example:2222/env.git', 'ssh://git@host.example/2222/env.git'],
  ['git@host.example:~bob/env.git', 'file://git@host.example:~bob/env.git', 'ssh://git@host.example/~bob/env.git'],
  [
    'deploy-bot@host.example:acme/env.git',
    'file://deploy-bot@host.example:acme/env.git',
    'file://@deploy-bot@host.example:acme/env.git',
  ],
  ['host.example:acme/env.git', 'ssh://host.example/acme/env.git', 'ssh://@host.example/acme/env.git'],
  ['ssh://git@git.example.com:2222/acme/env.git', 'ssh://git@git.example.com:2222/acme/env.git'],
  ['ssh://git@host/acme/~env%20x.git', 'ssh://git@host/acme/~env%20x.git'],
  ['https://bob:s3cret@git.example.com/acme/env.git', 'https://bob@git.example.com/acme/env.git'],
  ['https://bob%40acme:s3cret@git.example.com/env.git', 'https://bob%40acme@git.example.com/env.git'],
  ['https://bob:p%2Fw@host:8443/acme/env.git/', 'https://bob@host:8443/acme/env.git/'],
  ['https://:token@git.example.com/env.git', 'https://@git.example.com/env.git'],
  ['https://token@git.example.com/env.git', 'https://token@git.example.com/env.git'],
  ['https://git.example.com/env.git', 'https://git.example.com/env.git', 'https://@git.example.com/env.git'],
  ['HTTPS://Git.Example.com/env.git?x=y#z', 'https://Git.Example.com/env.git?x=y#z'],
  ['https://host/a b/é.git', 'https://host/a%20b/%C3%A9.git'],
  ['git+ssh://git@host/acme/env.git', 'git+ssh://git@host/acme/env.git'],
  ['/srv/git/env.git', 'file:///srv/git/env.git', 'file://@/srv/git/env.git'],
  ['file:///srv/git/env.git', 'file:///srv/git/env.git', 'file://@/srv/git/env.git'],
];

describe('the URL in a mark', () => {
  for (const [url, ...spellings] of URLS)
    it(`of ${url} is spelled as fluxd does`, () => {
      const ours = urlSpellings(url);
      for (const spelling of spellings) assert.ok(ours.includes(spelling), `${spelling} not among ${ours.join(', ')}`);
      assert.ok(!ours.join().includes('s3cret'), 'a password is no part of it');
    });
});

const DEPLOYMENT: ObjectId = { group: 'apps', kind: 'Deployment', namespace: 'demo', name: 'podinfo' };
const NAMESPACE: ObjectId = { group: '', kind: 'Namespace', namespace: '', name: 'demo' };
const SERVICE: ObjectId = { group: '', kind: 'Service', namespace: 'shop', name: 'catalog' };
const CRD: ObjectId = {
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  namespace: '',
  name: 'widgets.example.com',
};
const STARTED = { gitUrl: 'git@github.com:fluxcd/flux-get-started', branch: 'master', paths: [] };
const HTTPS = { gitUrl: 'https://bob:s3cret@git.example.com/acme/env.git', branch: 'main', paths: ['a', 'b/c'] };
/** A published example of fluxd's work, by a release of before 2020. */
const PUBLISHED = { gitUrl: 'git://github.com/slack/cluster-config.git', branch: 'master', paths: [] };
const SSH = { gitUrl: 'ssh://git@git.example.com:2222/acme/env.git', branch: 'main', paths: ['deploy'] };

describe('a mark', () => {
  const rows = [
    [STARTED, DEPLOYMENT, 'sha256.BhHY4aw2RoJbixnOKQD-rhRxC3rJpgatGRErCSLo07w'],
    [STARTED, NAMESPACE, 'sha256.3xa9FRFtnbm0cAHvO6Lta6l0xPtwpoiQBqRt4-XxOD0'],
    [HTTPS, SERVICE, 'sha256.lgxV1sev4uftki4g6R-HQrDWN99OmWvmiqI5Li_XUl0'],
    [PUBLISHED, { ...NAMESPACE, name: 'team-a' }, 'sha256.CS5boSi8kg_vyxfAeu7Das5harSy1i0gc2fodD7YDqA'],
    [SSH, CRD, 'sha256.WHVwyN16CaNsDB1HRIu5AfGibngtjWGe_y8ArngKbX0'],
  ] as const;
  for (const [set, id, mark] of rows)
    it(`of ${id.kind} ${id.name} on ${new URL(set.gitUrl.replace('git@github.com:', 'ssh://git@github.com/')).host} is as fluxd computes it`, () => {
      assert.ok(marksOf(set, id).includes(mark));
    });

  it('fits no other object, branch, path or order of paths', () => {
    const [, , mark] = rows[2];
    const others = [
      marksOf(HTTPS, { ...SERVICE, name: 'catalog-2' }),
      marksOf(HTTPS, { ...SERVICE, namespace: 'shop-2' }),
      marksOf(HTTPS, { ...SERVICE, kind: 'ConfigMap' }),
      marksOf({ ...HTTPS, branch: 'master' }, SERVICE),
      marksOf({ ...HTTPS, paths: ['b/c', 'a'] }, SERVICE),
      marksOf({ ...HTTPS, gitUrl: 'https://ann:s3cret@git.example.com/acme/env.git' }, SERVICE),
    ];
    assert.ok(!others.flat().includes(mark));
  });

  it('is a label value of Kubernetes', () => {
    for (const mark of marksOf(STARTED, DEPLOYMENT))
      assert.match(mark, /^[a-z0-9A-Z]([a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?$/);
  });
});
