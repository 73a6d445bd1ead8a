import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { DecisionState } from '@weaveflux/shared';
import { writeAgentFile } from '@weaveflux/shared/node';
import { createTokenAuthorizer } from '../api/authorizer.ts';
import { startPeopleApi } from '../api/people.ts';
import { createMemoryService, type MemoryService } from '../api/testing/memory-service.ts';
import { runCli } from './run.ts';

const WEB = `# The shop's front.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  annotations:
    weaveflux.dev/tag.web: semver:~1.4   # patches only
spec:
  template:
    spec:
      containers:
      - {name: web, image: "registry.example.com/shop/web:1.4.0"}
`;

describe('--local', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weaveflux-local-'));
    await mkdir(join(folder, 'shop'));
    file = join(folder, 'shop', 'web.yaml');
    await writeFile(file, WEB);
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function weaveflux(args: readonly string[], agentFile = join(folder, 'none.json'), cwd = folder) {
    let out = '';
    const output = {
      write: (text: string) => {
        out += text;
      },
    };
    const code = await runCli([...args, '--local'], {
      stdout: output,
      stderr: output,
      env: { PATH: process.env.PATH, HOME: folder, USER: 'ada', WEAVEFLUX_AGENT_FILE: agentFile },
      cwd,
      now: () => new Date(),
      signal: new AbortController().signal,
      version: '0.1.0',
      runAgent: async () => 0,
    });
    return { code, out };
  }

  /** An agent that its file leads to. */
  async function startAgent(service: MemoryService) {
    const authorizer = createTokenAuthorizer('secret');
    const api = await startPeopleApi({ service, listen: '127.0.0.1:0', authorizer, version: '0.1.0' });
    const agentFile = join(folder, 'agent.json');
    const about = { environment: 'default', pid: process.pid, repository: '', branch: '' };
    await writeAgentFile(agentFile, { url: api.url, token: 'secret', ...about });
    return { file: agentFile, [Symbol.asyncDispose]: () => api.close(0) };
  }

  const edits: [string[], (text: string) => string][] = [
    [['release', 'web', '--tag', '1.4.2'], (text) => text.replace('web:1.4.0', 'web:1.4.2')],
    [['policy', 'web', 'web', 'glob:main-v5'], (text) => text.replace('semver:~1.4 ', 'glob:main-v5 ')],
    [['policy', 'web', 'web', '--remove'], (text) => text.replace(/ {2}annotations:\n.*\n/, '')],
    [['automate', 'web'], (text) => text.replace('only\n', 'only\n    weaveflux.dev/automated: "true"\n')],
  ];
  for (const [args, edit] of edits) {
    test(`${args.join(' ')} edits the file and nothing but what is meant`, async () => {
      const { code, out } = await weaveflux(args);
      assert.equal(code, 0, out);
      assert.match(out, /Edited shop\/web\.yaml\.\n$/);
      assert.equal(await readFile(file, 'utf8'), edit(WEB));
    });
  }

  test('a pin and its end leave the file as it was', async () => {
    await weaveflux(['pin', 'web', '-m', 'audit']);
    assert.match(
      await readFile(file, 'utf8'),
      /weaveflux\.dev\/locked: "true"\n.*locked_user: ada\n.*locked_msg: audit\n/,
    );
    await weaveflux(['unpin', 'web']);
    assert.equal(await readFile(file, 'utf8'), WEB);
  });

  test('--dry-run shows the edit and makes none', async () => {
    const { code, out } = await weaveflux(['release', 'web', '--tag', '1.4.2', '--dry-run']);
    assert.equal(code, 0);
    assert.match(out, /^\+ .*shop\/web:1\.4\.2/m);
    assert.equal(await readFile(file, 'utf8'), WEB);
  });

  test('a field with a Flux v2 marker is edited, whatever the policy lies beside', async () => {
    const lines = [
      'apiVersion: image.toolkit.fluxcd.io/v1beta2',
      'kind: ImageRepository',
      'metadata: {name: info, namespace: shop}',
      'spec: {image: ghcr.io/example/info}',
      '---',
      'apiVersion: image.toolkit.fluxcd.io/v1beta2',
      'kind: ImagePolicy',
      'metadata: {name: info, namespace: shop}',
      'spec: {imageRepositoryRef: {name: info}, policy: {semver: {range: ">=1.0.0"}}}',
      '---',
      'apiVersion: helm.toolkit.fluxcd.io/v2',
      'kind: HelmRelease',
      'metadata: {name: info, namespace: shop}',
      'spec:',
      '  values:',
      '    tag: 1.0.0 # {"$imagepolicy": "shop:info:tag"}',
    ];
    await writeFile(join(folder, 'info.yaml'), lines.join('\r\n'));
    const { code, out } = await weaveflux(['release', 'info', '--tag', '1.1.0']);
    assert.equal(code, 0, out);
    const expected = lines.join('\r\n').replace('tag: 1.0.0', 'tag: 1.1.0');
    assert.equal(await readFile(join(folder, 'info.yaml'), 'utf8'), expected);
  });

  test('an image of a kustomization, of a chart and of Compose is edited by the path of the file', async () => {
    const texts: Record<string, string> = {
      'prod/kustomization.yaml': 'images:\n- {name: r.io/cart, newTag: "1"} # ours\n',
      'prod/policies.yaml':
        'apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\nmetadata: {name: a, namespace: f}\nspec: {imageRepositoryRef: {name: a}, policy: {numerical: {}}}\n---\napiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageRepository\nmetadata: {name: a, namespace: f}\nspec: {image: r.io/cart}\n',
      'chart/Chart.yaml': 'name: cart\n',
      'chart/values.yaml': 'tag: "1" # {"$imagepolicy": "f:a:tag"}\n',
      'compose.yaml': 'services:\n  cart: {image: "r.io/cart:1", x-weaveflux: {tag: "*"}}\n',
    };
    for (const [path, text] of Object.entries(texts)) {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    for (const [name, path] of [
      ['prod/kustomization.yaml', 'prod/kustomization.yaml'],
      ['file:chart/values.yaml', 'chart/values.yaml'],
      ['compose.yaml/cart', 'compose.yaml'],
    ] as const) {
      const { code, out } = await weaveflux(['release', name, '--tag', '2']);
      assert.equal(code, 0, out);
      const after = (texts[path] ?? '').replace(
        path === 'compose.yaml' ? ':1"' : '"1"',
        path === 'compose.yaml' ? ':2"' : '"2"',
      );
      assert.equal(await readFile(join(folder, path), 'utf8'), after);
    }
  });

  test('a service of Compose beside a kustomization is edited, though its folder is not applied', async () => {
    await mkdir(join(folder, 'a'));
    await writeFile(join(folder, 'a/kustomization.yaml'), 'resources: [web.yaml]\n');
    const compose = 'services:\n  cart: {image: "r.io/cart:1", x-weaveflux: {tag: "*"}} # ours\n';
    await writeFile(join(folder, 'a/compose.yaml'), compose);
    const { code, out } = await weaveflux(['release', 'a/compose.yaml/cart', '--tag', '2']);
    assert.equal(code, 0, out);
    assert.equal(await readFile(join(folder, 'a/compose.yaml'), 'utf8'), compose.replace(':1"', ':2"'));
  });

  test('a namespace that the file leaves out may be typed or not', async () => {
    await writeFile(file, WEB.replace('  namespace: shop\n', ''));
    for (const name of ['shop:deployment/web', 'web']) {
      const { code, out } = await weaveflux(['pin', name, '--dry-run']);
      assert.equal(code, 0, out);
      assert.doesNotMatch(out, /<cluster>/);
    }
  });

  test('in a folder of a git working copy the whole of it is looked at', async () => {
    await promisify(execFile)('git', ['init', '-q', folder]);
    await mkdir(join(folder, 'other'));
    const { code, out } = await weaveflux(['release', 'web', '--tag', '1.4.2'], undefined, join(folder, 'other'));
    assert.equal(code, 0, out);
    assert.match(out, /Edited shop\/web\.yaml\./);
  });

  test('a file that cannot be read is told and stops nothing', async () => {
    await writeFile(join(folder, 'latin.yaml'), Buffer.from('a: caf\xe9\n', 'latin1'));
    await writeFile(join(folder, 'broken.yaml'), 'a: [b\n');
    const { code, out } = await weaveflux(['release', 'web', '--tag', '1.4.2']);
    assert.equal(code, 0, out);
    assert.match(out, /^error: latin\.yaml is no UTF-8 text/m);
    assert.match(out, /^error: broken\.yaml line 1 cannot be read/m);
    assert.match(out, /Edited shop\/web\.yaml\.\n$/);
  });

  test('--path names another working copy', async () => {
    const { code, out } = await weaveflux(['release', 'web', '--tag', '1.4.2', '--path', 'shop']);
    assert.equal(code, 0);
    assert.match(out, /Edited web\.yaml\./);
  });

  test('what the policy chooses is asked of the agent; without one the tag must be named', async () => {
    const alone = await weaveflux(['release', 'web']);
    assert.equal(alone.code, 1);
    assert.match(alone.out, /--tag/);
    const service = createMemoryService();
    await using agent = await startAgent(service);
    const { code } = await weaveflux(['release', 'web'], agent.file);
    assert.equal(code, 0);
    assert.equal(await readFile(file, 'utf8'), WEB.replace('web:1.4.0', 'web:1.4.2'));
    assert.deepEqual(service.controls.calls, []);
  });

  test('a tag that the agent does not take, as it is not signed, is written by force only', async (t) => {
    const service = createMemoryService();
    const reason = '1.4.2 is not taken because no signature of it was found.';
    const images = service.images().map((image) => ({ ...image, state: 'not-verified' as const, reason }));
    t.mock.method(service, 'images', () => images);
    await using agent = await startAgent(service);
    for (const args of [
      ['release', 'web'],
      ['automate', 'web', '--from-now'],
    ]) {
      const { code, out } = await weaveflux(args, agent.file);
      assert.equal(code, 1, out);
      assert.match(out, /cannot take 1\.4\.2, because the agent says: 1\.4\.2 is not taken because no\s/);
      assert.equal(await readFile(file, 'utf8'), WEB);
    }
    const { code, out } = await weaveflux(['release', 'web', '--force'], agent.file);
    assert.equal(code, 0, out);
    assert.match(await readFile(file, 'utf8'), /web:1\.4\.2/);
  });

  test('where signatures are required, only what the agent has checked is written, with its digest', async (t) => {
    await writeFile(
      join(folder, '.weaveflux.yaml'),
      'images:\n  verify:\n    - {images: [registry.example.com/*/*], key: keys/cosign.pub}\n',
    );
    const service = createMemoryService();
    const digest = `sha256:${'d'.repeat(64)}`;
    const inState = (state: DecisionState) =>
      service.images().map((image) => ({ ...image, state, chosen: { tag: '1.4.2', digest } }));
    const [unchecked, checked] = [inState('not-automated'), inState('update')];
    await using agent = await startAgent(service);
    t.mock.method(service, 'images', () => unchecked);
    const { code, out } = await weaveflux(['release', 'web'], agent.file);
    assert.equal(code, 1, out);
    assert.match(out, /the agent checks its signature/);
    assert.equal(await readFile(file, 'utf8'), WEB);
    t.mock.method(service, 'images', () => checked);
    assert.equal((await weaveflux(['release', 'web'], agent.file)).code, 0);
    assert.equal(await readFile(file, 'utf8'), WEB.replace('web:1.4.0', `web:1.4.2@${digest}`));
  });

  test('a tag that is held is not what the policy chooses: why, and how to write it all the same, is told', async (t) => {
    const service = createMemoryService();
    const reason = '1.4.2 is held because a person went back from it; weaveflux release web --tag 1.4.2 ends that.';
    const images = service.images().map((image) => ({ ...image, state: 'held' as const, reason }));
    t.mock.method(service, 'images', () => images);
    await using agent = await startAgent(service);
    const { code, out } = await weaveflux(['release', 'web', '-o', 'json'], agent.file);
    assert.equal(code, 1, out);
    assert.match(
      out,
      /the agent says: 1\.4\.2 is held because a person went back from it; .+ ends that; --tag 1\.4\.2 writes it all the same\./,
    );
    assert.equal(await readFile(file, 'utf8'), WEB);
    const told = await weaveflux(['release', 'web', '--tag', '1.4.2'], agent.file);
    assert.equal(told.code, 0, told.out);
    assert.match(await readFile(file, 'utf8'), /web:1\.4\.2/);
  });

  test('where the policy chooses nothing what the agent says of that is told', async (t) => {
    const service = createMemoryService();
    const reason = 'No tag of registry.example.com/shop/web fits semver:~1.4.';
    const images = service
      .images()
      .map(({ chosen: _, ...image }) => ({ ...image, state: 'no-match' as const, reason }));
    t.mock.method(service, 'images', () => images);
    await using agent = await startAgent(service);
    const { code, out } = await weaveflux(['release', 'web', '-o', 'json'], agent.file);
    assert.equal(code, 1, out);
    assert.match(out, /the agent says: No tag of \S+ fits semver:~1\.4; say which with --tag\./);
  });

  test('a name that fits no workload is 1', async () => {
    const { code, out } = await weaveflux(['release', 'queue', '--tag', '1']);
    assert.equal(code, 1);
    assert.match(out, /No workload of the repository is called "queue"/);
  });
});
