import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ClusterAccess } from './cluster-access.ts';
import { inClusterAccess } from './in-cluster.ts';
import { loadClusterAccess, readContexts } from './kubeconfig.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weaveflux-kubeconfig-'));
});
after(() => rm(folder, { recursive: true }));

async function put(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A kubeconfig with one cluster `c`, and a context named after each user. */
function config(users: Record<string, string>): string {
  const lines = Object.entries(users).map(([name, user]) => `- {name: ${name}, user: ${user}}`);
  const contexts = Object.keys(users).map(
    (name) => `- {name: ${name}, context: {cluster: c, user: ${name}, namespace: of-${name}}}`,
  );
  return [
    'apiVersion: v1',
    'kind: Config',
    `current-context: ${Object.keys(users)[0]}`,
    'clusters:',
    `- {name: c, cluster: {server: "https://cluster.example:6443/base/", certificate-authority-data: ${base64('CA')}}}`,
    'contexts:',
    ...contexts,
    'users:',
    ...lines,
  ].join('\n');
}

async function load(text: string, context?: string): Promise<ClusterAccess> {
  return loadClusterAccess({ kubeconfig: await put('config.yaml', text), context }, {});
}

test('where the cluster is comes from the context named, else the current one', async () => {
  const text = config({ one: '{token: a}', two: '{token: b}' });
  const access = await load(text);
  assert.deepEqual(
    [access.server, access.ca, access.namespace, access.insecure],
    ['https://cluster.example:6443/base', 'CA', 'of-one', false],
  );
  assert.equal((await load(text, 'two')).namespace, 'of-two');
});

test('the contexts are told in the order of the file, with the current one', async () => {
  const one = await put('contexts.yaml', config({ one: '{token: a}', two: '{token: b}' }));
  const other = await put('others.yaml', config({ three: '{token: c}' }));
  const none = join(folder, 'no-such-file');
  assert.deepEqual(await readContexts(one, {}), { names: ['one', 'two'], current: 'one' });
  assert.deepEqual(await readContexts(undefined, { KUBECONFIG: [other, none, one].join(delimiter) }), {
    names: ['three', 'one', 'two'],
    current: 'three',
  });
  assert.deepEqual(await readContexts(undefined, { KUBECONFIG: delimiter }), { names: [], current: undefined });
  await assert.rejects(readContexts(undefined, { KUBECONFIG: '', HOME: folder }), {
    code: 'UNREADABLE_FILE',
    message: new RegExp(join(folder, '.kube', 'config')),
  });
});

const logins: { name: string; user: string; headers: Record<string, string> }[] = [
  { name: 'a token', user: '{token: secret}', headers: { authorization: 'Bearer secret' } },
  {
    name: 'a token file beside the kubeconfig',
    user: '{tokenFile: token}',
    headers: { authorization: 'Bearer filed' },
  },
  {
    name: 'a password',
    user: '{username: ada, password: pw}',
    headers: { authorization: `Basic ${base64('ada:pw')}` },
  },
  {
    name: 'impersonation',
    user: '{token: t, as: ada, as-groups: [dev]}',
    headers: { authorization: 'Bearer t', 'impersonate-user': 'ada', 'impersonate-group': 'dev' },
  },
  { name: 'nothing', user: '{}', headers: {} },
];
for (const { name, user, headers } of logins) {
  test(`logging in with ${name}`, async () => {
    await put('token', 'filed\n');
    assert.deepEqual((await (await load(config({ u: user }))).credentials()).headers, headers);
  });
}

test('a client certificate is taken from data or from a file beside the kubeconfig', async () => {
  await put('key.pem', 'KEY');
  const access = await load(config({ u: `{client-certificate-data: ${base64('CERT')}, client-key: key.pem}` }));
  assert.deepEqual((await access.credentials()).certificate, { cert: 'CERT', key: 'KEY' });
});

test('a program that logs in is run once for all who ask at the same time', async () => {
  const runs = join(folder, 'runs');
  await put('runs', '');
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'by-exec' },
  };
  const script = `echo x >> ${runs}; echo '${JSON.stringify(credential)}'`;
  const exec = { apiVersion: credential.apiVersion, command: 'sh', args: ['-c', script], interactiveMode: 'Never' };
  const access = await load(config({ u: JSON.stringify({ exec }) }));
  const [first] = await Promise.all([access.credentials(), access.credentials()]);
  assert.equal(first.headers.authorization, 'Bearer by-exec');
  assert.equal(await readFile(runs, 'utf8'), 'x\n');
});

test('files of KUBECONFIG are merged, the first wins, and a missing one is passed over', async () => {
  const first = await put('first.yaml', 'current-context: u\nusers: [{name: u, user: {token: first}}]\n');
  const second = await put('second.yaml', config({ u: '{token: second}' }));
  const env = { KUBECONFIG: [join(folder, 'missing.yaml'), first, second].join(delimiter) };
  const access = await loadClusterAccess({}, env);
  assert.equal((await access.credentials()).headers.authorization, 'Bearer first');
  assert.equal(access.server, 'https://cluster.example:6443/base');
});

const refused: { name: string; text: string; code: string; says: RegExp }[] = [
  { name: 'no YAML', text: '{ "token: hunter2', code: 'INVALID_YAML', says: /^(?!.*hunter2)/ },
  { name: 'no context', text: 'kind: Config', code: 'INVALID_REQUEST', says: /no current context/ },
  { name: 'a context of nowhere', text: 'current-context: x', code: 'INVALID_REQUEST', says: /no usable context "x"/ },
];
for (const { name, text, code, says } of refused) {
  test(`a kubeconfig is refused: ${name}`, async () => {
    await assert.rejects(
      load(text),
      (error: Error & { code: string }) => error.code === code && says.test(error.message),
    );
  });
}

test('a file that is not there is named', async () => {
  await assert.rejects(loadClusterAccess({ kubeconfig: join(folder, 'none') }, {}), { code: 'UNREADABLE_FILE' });
});

test('in a pod the service account serves, and its token is read again as it changes', async () => {
  const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' };
  assert.equal(await inClusterAccess({}, folder), undefined);
  assert.equal(await inClusterAccess(env, join(folder, 'nowhere')), undefined);
  const token = await put('token', 'one\n');
  await put('ca.crt', 'CA');
  await put('namespace', 'weaveflux\n');
  const access = await inClusterAccess(env, folder);
  assert.deepEqual([access?.server, access?.ca, access?.namespace], ['https://10.0.0.1:6443', 'CA', 'weaveflux']);
  assert.equal((await access?.credentials())?.headers.authorization, 'Bearer one');
  await put('token', 'two');
  await utimes(token, new Date(), new Date(Date.now() + 5_000));
  assert.equal((await access?.credentials(true))?.headers.authorization, 'Bearer two');
});
