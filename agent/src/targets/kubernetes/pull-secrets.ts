import { type Json, type JsonObject, listAt, stringAt } from '@weaveflux/shared';
import type { KubernetesClient } from './client.ts';
import { getObject } from './objects.ts';
import type { KindInfo } from './types.ts';

const SECRET: KindInfo = { apiVersion: 'v1', plural: 'secrets', namespaced: true };
const SERVICE_ACCOUNT: KindInfo = { apiVersion: 'v1', plural: 'serviceaccounts', namespaced: true };

/** See `KubernetesTarget.pullSecrets`. A Secret that is missing or of another type is passed over, as the kubelet does. */
export async function readPullSecrets(
  client: KubernetesClient,
  namespace: string,
  podTemplate: Json | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const own = secretNames(podTemplate, ['spec', 'imagePullSecrets']);
  const account = stringAt(podTemplate, ['spec', 'serviceAccountName']) ?? 'default';
  const inherited = await accountSecrets(client, namespace, account, signal);
  const names = [...new Set([...own, ...inherited])];
  const texts = await Promise.all(names.map((name) => dockerConfig(client, namespace, name, signal)));
  return texts.filter((text) => text !== undefined);
}

function secretNames(object: Json | undefined, path: readonly string[]): string[] {
  return listAt(object, path).flatMap((reference) => stringAt(reference, ['name']) ?? []);
}

async function accountSecrets(
  client: KubernetesClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<string[]> {
  const id = { group: '', kind: 'ServiceAccount', namespace, name };
  const account = await getObject(client, { id, kind: SERVICE_ACCOUNT }, signal);
  return secretNames(account, ['imagePullSecrets']);
}

async function dockerConfig(
  client: KubernetesClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const id = { group: '', kind: 'Secret', namespace, name };
  const secret: JsonObject | undefined = await getObject(client, { id, kind: SECRET }, signal);
  const config = decoded(stringAt(secret, ['data', '.dockerconfigjson']));
  if (config !== undefined) return config;
  const auths = decoded(stringAt(secret, ['data', '.dockercfg']));
  return auths === undefined ? undefined : `{"auths":${auths}}`;
}

function decoded(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'base64').toString('utf8');
}
