import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type JsonObject, listAt, parseFile, stringAt } from '@weaveflux/shared';
import { runCli } from '../cli/run.ts';
import { parseConfig } from '../config/config.ts';
import { BY_CHART, BY_FLUXCTL, BY_HAND } from './testing/samples.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weaveflux-migrate-'));
});
after(() => rm(folder, { recursive: true }));

/** Runs the command on a file, where no cluster is to be had. */
async function migrate(text: string, ...args: readonly string[]) {
  await writeFile(join(folder, 'flux.yaml'), text);
  let out = '';
  const output = {
    write: (part: string) => {
      out += part;
    },
  };
  const standard = ['migrate', '--from-flux', '--file=flux.yaml', '--write=ours.yaml', '--kubeconfig=none'];
  const code = await runCli([...standard, ...args], {
    stdout: output,
    stderr: output,
    env: {},
    cwd: folder,
    now: () => new Date(),
    signal: new AbortController().signal,
    version: '0.1.0',
    runAgent: async () => 0,
  });
  return { code, out };
}

/** Our objects as written, and what the agent in them would be told. */
async function ours() {
  const { documents, problems } = parseFile('ours.yaml', await readFile(join(folder, 'ours.yaml'), 'utf8'));
  assert.deepEqual(problems, []);
  const objects = documents.map(({ value }) => value as JsonObject);
  const deployment = objects.find(({ kind }) => kind === 'Deployment');
  const pod = ['spec', 'template', 'spec'];
  const container = [...pod, 'containers', 0];
  const [word, ...args] = listAt(deployment, [...container, 'args']).map(String);
  assert.equal(word, 'agent');
  return {
    objects,
    namespace: stringAt(deployment, ['metadata', 'namespace']),
    config: parseConfig(args, {}, () => '').config,
    volumes: listAt(deployment, [...pod, 'volumes']),
    mounts: listAt(deployment, [...container, 'volumeMounts']),
    env: listAt(deployment, [...container, 'env']),
    envFrom: listAt(deployment, [...container, 'envFrom']),
  };
}

describe('our manifests from a Deployment of fluxd', () => {
  it('made by hand', async () => {
    const { code, out } = await migrate(BY_HAND);
    assert.equal(code, 0, out);
    const { config, namespace, volumes, mounts } = await ours();
    assert.equal(namespace, 'flux');
    assert.equal(config.gitUrl, 'git@git.example.com:acme/env');
    assert.equal(config.gitBranch, 'production');
    assert.deepEqual(config.gitPaths, ['base', 'shop']);
    assert.equal(config.gitPollInterval, 60_000);
    assert.equal(config.garbageCollection, 'on');
    assert.deepEqual(config.registryEcr.regions, ['eu-central-1', 'eu-west-1']);
    assert.deepEqual(config.registryEcr.includeIds, ['123456789012']);
    assert.deepEqual(config.warnings, [], 'nothing of it is told to be useless at every start');
    assert.equal(config.sshKnownHosts, '/etc/weaveflux/known-hosts/known_hosts');
    assert.ok(volumes.some((volume) => stringAt(volume, ['configMap', 'name']) === 'flux-ssh-config'));
    assert.ok(mounts.some((mount) => stringAt(mount, ['mountPath']) === '/etc/weaveflux/known-hosts'));
    assert.match(out, /The container fluxcloud \(justinbarrick\/fluxcloud:v0\.3\.9\)/);
    assert.match(out, /kubeconfig that fluxd is given was not read/);
    assert.match(out, /memcached-hostname +dropped/);
    assert.match(out, /objects of fluxd are not known/);
    assert.match(out, /kubectl -n flux scale deployment flux --replicas=0/);
  });

  it('made by the chart', async () => {
    const { code, out } = await migrate(BY_CHART);
    assert.equal(code, 0, out);
    const { config, namespace, volumes, mounts, env, objects } = await ours();
    assert.equal(namespace, 'fluxcd');
    assert.equal(config.k8sSecretName, 'prod-git-deploy');
    assert.equal(
      stringAt(
        volumes.find((volume) => stringAt(volume, ['name']) === 'git-key'),
        ['secret', 'secretName'],
      ),
      'prod-git-deploy',
    );
    assert.ok(!JSON.stringify(objects).includes('flux-git-deploy'), 'rights and mounts name the same Secret');
    assert.deepEqual(config.gitPaths, []);
    assert.equal(config.gitUser, 'Weave Flux');
    assert.equal(config.registryRps, 200);
    assert.deepEqual(config.k8sAllowNamespaces, ['shop', 'fluxcd']);
    assert.equal(config.dockerConfig, '/dockercfg/config.json');
    assert.ok(mounts.some((mount) => stringAt(mount, ['mountPath']) === '/dockercfg/'));
    assert.ok(env.some((variable) => stringAt(variable, ['name']) === 'HTTPS_PROXY'));
    assert.ok(!env.some((variable) => stringAt(variable, ['name']) === 'KUBECONFIG'));
    assert.match(out, /acr-credentials at \/etc\/kubernetes\/azure\.json is not taken along/);
    assert.match(out, /pulled with the Secret mirror/);
    assert.match(out, /scale deployment prod-flux/);
    assert.ok(!objects.some(({ kind }) => kind === 'Namespace'), "fluxd's namespace stays as it is");
  });

  it('made by fluxctl, with a login from a Secret', async () => {
    const { code, out } = await migrate(BY_FLUXCTL);
    assert.equal(code, 0, out);
    const { config, envFrom } = await ours();
    assert.deepEqual(config.gitHttps, { username: '$(GIT_AUTHUSER)', password: '$(GIT_AUTHKEY)' });
    assert.deepEqual(envFrom, [{ secretRef: { name: 'flux-git-auth' } }]);
    assert.equal(config.garbageCollection, 'off');
    assert.equal(config.registryDisableScanning, true);
    assert.match(out, /git-label +dropped +how far the agent is stands in its status/);
  });

  it('goes into a namespace of its own where one is named, and says what must be copied', async () => {
    const { code, out } = await migrate(
      BY_FLUXCTL,
      '--namespace=weaveflux',
      '--overlay',
      'cluster-admin',
      '--environment=prod',
    );
    assert.equal(code, 0, out);
    const { config, namespace, objects } = await ours();
    assert.equal(namespace, 'weaveflux');
    assert.equal(config.environment, 'prod');
    assert.ok(objects.some(({ kind }) => kind === 'Namespace'));
    assert.match(
      out,
      /2\. weaveflux migrate --from-flux --file=flux\.yaml --namespace=weaveflux --environment=prod --kubeconfig=none --apply/,
    );
    assert.match(out, /Copy to namespace weaveflux .*: Secret flux-git-auth, Secret flux-git-deploy/);
  });

  it('mounts the key where fluxd had it, and the Secret that was mounted, whatever the flag says', async () => {
    const moved = BY_HAND.replace('mountPath: /etc/fluxd/ssh,', 'mountPath: /keys,')
      .replace('secretName: flux-git-deploy', 'secretName: mounted')
      .replace('- --git-branch', '- --k8s-secret-volume-mount-path=/keys\n        - --git-branch');
    const { code, out } = await migrate(moved);
    assert.equal(code, 0, out);
    const { config, mounts, objects } = await ours();
    assert.deepEqual([config.k8sSecretVolumeMountPath, config.k8sSecretName], ['/keys', 'mounted']);
    assert.ok(mounts.some((mount) => stringAt(mount, ['mountPath']) === '/keys'));
    assert.ok(!/etc\/fluxd|flux-git-deploy/.test(JSON.stringify(objects)));
    assert.match(out, /the Secret mounted is what is mounted/);
  });

  it('mounts the GPG keys where the agent can read them, and signs with them', async () => {
    const flags = '- --git-signing-key=ABC\n        - --git-gpg-key-import=/root/gpg/private\n        - --git-branch';
    const signing = BY_HAND.replace('- --git-branch', flags)
      .replace(/(\n *volumeMounts:\n)/, '$1        - { name: gpg, mountPath: /root/gpg }\n')
      .replace(/(\n *volumes:\n)/, '$1      - { name: gpg, secret: { secretName: keys, defaultMode: 256 } }\n');
    const { code, out } = await migrate(signing);
    assert.equal(code, 0, out);
    const { config, mounts } = await ours();
    assert.deepEqual(config.gitSigning, { kind: 'gpg', key: 'ABC', files: ['/etc/weaveflux/gpg/gpg/private'] });
    assert.ok(mounts.some((mount) => stringAt(mount, ['mountPath']) === '/etc/weaveflux/gpg/gpg'));
    assert.match(out, /the keys that fluxd has at \/root\/gpg are at/);
  });

  it('has Roles only with the overlay for that, in the namespaces that fluxd was held to', async () => {
    const { code, out } = await migrate(BY_CHART, '--overlay=namespaced');
    assert.equal(code, 0, out);
    const { objects } = await ours();
    assert.ok(!objects.some(({ kind }) => kind === 'ClusterRole'));
    const roles = objects
      .filter(({ kind }) => kind === 'Role')
      .map((role) => stringAt(role, ['metadata', 'namespace']));
    assert.ok(roles.includes('shop') && roles.includes('fluxcd'), roles.join());
    const without = await migrate(BY_HAND, '--overlay=namespaced');
    assert.equal(without.code, 2);
    assert.match(without.out, /--k8s-allow-namespace/);
  });

  it('say that ECR is not scanned where its flags are kept', async () => {
    assert.match((await migrate(BY_HAND)).out, /See to:.*ECR's login is not built yet/s);
    const { out } = await migrate(BY_HAND.replaceAll(/ *- --registry-ecr-.*\n/g, ''));
    assert.doesNotMatch(out, /ECR's login/);
  });

  it('that cannot be written are a mistake in --write', async () => {
    const { code, out } = await migrate(BY_HAND, '--write=gone/ours.yaml');
    assert.equal(code, 2);
    assert.match(out, /--write got gone\/ours\.yaml, which cannot be written \(ENOENT\)/);
  });

  it('are made where the cluster does not answer', async () => {
    const kubeconfig = {
      'current-context': 'gone',
      clusters: [{ name: 'gone', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'gone', user: { token: 'none' } }],
      contexts: [{ name: 'gone', context: { cluster: 'gone', user: 'gone' } }],
    };
    const path = join(folder, 'gone.json');
    await writeFile(path, JSON.stringify(kubeconfig));
    const { code, out } = await migrate(BY_HAND, `--kubeconfig=${path}`);
    assert.equal(code, 0, out);
    assert.match(
      out,
      /objects of fluxd are not known: The Kubernetes API at https:\/\/127\.0\.0\.1:1 cannot be reached/,
    );
    assert.equal((await migrate(BY_HAND, `--kubeconfig=${path}`, '--apply')).code, 1);
  });

  it('never repeats a password that stands in it', async () => {
    const literal = BY_FLUXCTL.replace('$(GIT_AUTHUSER):$(GIT_AUTHKEY)', 'bob:s3cret');
    const byValue = BY_FLUXCTL.replace(
      'envFrom:\n        - secretRef: { name: flux-git-auth }',
      'env:\n        - { name: GIT_AUTHUSER, value: bob }\n        - { name: GIT_AUTHKEY, value: s3cret }',
    );
    for (const text of [literal, byValue]) {
      const shown = await migrate(text);
      const json = await migrate(text, '--output=json');
      assert.equal(shown.code, 0, shown.out);
      const written = await readFile(join(folder, 'ours.yaml'), 'utf8');
      for (const told of [shown.out, json.out, written]) assert.ok(!told.includes('s3cret'), told);
      assert.equal((await ours()).config.gitUrl, 'https://git.example.com/acme/env.git');
      assert.match(shown.out, /put them into the Secret/);
    }
  });
});

describe('what cannot be migrated', () => {
  const rows = [
    [
      'a file without fluxd',
      BY_HAND.replaceAll(/flux(cd|cloud)?/g, 'other').replace(/^.*--git-url.*\n/m, ''),
      1,
      /no Deployment of fluxd/,
    ],
    ['a file that is none', 'a: [b', 1, /flux\.yaml/],
    [
      'a guard that the agent lacks',
      BY_FLUXCTL.replace('--manifest-generation=false', '--sops'),
      2,
      /--sops is not supported yet/,
    ],
    ['a flag that nobody knows', BY_FLUXCTL.replace('--git-label', '--git-lable'), 2, /did you mean --git-label/],
    [
      'two fluxd in one file',
      `${BY_FLUXCTL}${BY_HAND.replace('name: flux\n', 'name: flux-2\n')}`,
      2,
      /choose one with --flux-deployment/,
    ],
  ] as const;
  for (const [what, text, code, says] of rows)
    it(`says in one sentence why: ${what}`, async () => {
      const ended = await migrate(text);
      assert.match(ended.out, says);
      assert.equal(ended.code, code);
      assert.equal(ended.out.trim().split('\n').length, 1);
    });

  it('is nothing where both --apply and --dry-run are asked', async () => {
    assert.equal((await migrate(BY_HAND, '--apply', '--dry-run')).code, 2);
  });

  it('is the objects, without a cluster', async () => {
    const { code, out } = await migrate(BY_HAND, '--apply');
    assert.equal(code, 1);
    assert.match(out, /The kubeconfig none cannot be read/);
  });
});
