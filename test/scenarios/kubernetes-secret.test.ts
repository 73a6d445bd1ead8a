import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ClosableSecretStore, createSecretStore, type SecretStoreOptions } from '@weaveflux/agent';
import { loadClusterAccess } from '@weaveflux/shared/node';
import { type ControlPlane, startControlPlane } from '../rig/index.ts';

const NAMESPACE = 'default';
const { signal } = new AbortController();

describe('the store of a Secret', () => {
  let cluster: ControlPlane;
  const stores: ClosableSecretStore[] = [];
  const warnings: string[] = [];

  before(async () => {
    cluster = await startControlPlane({ controllers: false });
  });
  after(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await cluster.stop();
  });

  async function open(name: string, options: Partial<SecretStoreOptions> = {}, kubeconfig = cluster.kubeconfig) {
    const access = await loadClusterAccess({ kubeconfig });
    const warn = (message: string) => warnings.push(message);
    const store = createSecretStore(access, { namespace: NAMESPACE, name, create: true, warn, ...options });
    stores.push(store);
    return store;
  }

  async function contentOf(store: ClosableSecretStore): Promise<Record<string, string> | undefined> {
    const data = await store.read(signal);
    if (data === undefined || data === 'forbidden') return undefined;
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, value.toString()]));
  }

  it('makes the Secret, adds to it, and overwrites nothing', async () => {
    const store = await open('made');
    assert.equal(await store.read(signal), undefined);
    await store.save({ identity: Buffer.from('one') }, signal);
    await store.save({ identity: Buffer.from('two'), more: Buffer.from('three') }, signal);
    assert.deepEqual(await contentOf(store), { identity: 'one', more: 'three' });
  });

  it('leaves one key where several save at once, and loses none of other names', async () => {
    const store = await open('contended');
    const names = ['a', 'b', 'c'];
    await Promise.all(
      names.map((name) => store.save({ identity: Buffer.from(name), [name]: Buffer.from(name) }, signal)),
    );
    const { identity, ...others } = (await contentOf(store)) ?? {};
    assert.ok(names.includes(identity ?? ''), identity);
    assert.deepEqual(others, { a: 'a', b: 'b', c: 'c' });
  });

  it('makes none where it may only add', async () => {
    const store = await open('absent', { create: false });
    await store.save({ identity: Buffer.from('one') }, signal);
    assert.equal(await store.read(signal), undefined);
  });

  it('takes an empty value for none', async () => {
    const metadata = { name: 'empty', namespace: NAMESPACE };
    await cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { identity: '' } });
    const store = await open('empty');
    await store.save({ identity: Buffer.from('one') }, signal);
    assert.deepEqual(await contentOf(store), { identity: 'one' });
  });

  it('says that it may not see, and warns once', async () => {
    const store = await open('hidden', {}, await cluster.kubeconfigFor({ user: 'nobody-special' }, NAMESPACE));
    warnings.length = 0;
    assert.equal(await store.read(signal), 'forbidden');
    assert.equal(await store.read(signal), 'forbidden');
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /may not get secrets in namespace default .*only the mounted Secret/);
    await assert.rejects(store.save({ identity: Buffer.from('CANARY') }, signal), (error: Error) => {
      assert.match(error.message, /may not get secrets/);
      return !JSON.stringify(error).includes('CANARY');
    });
  });
});
