import { setTimeout as sleep } from 'node:timers/promises';
import { displayName, isObject, type JsonObject, listAt, stringAt, WeavefluxError } from '@weaveflux/shared';
import type { Cluster } from './cluster.ts';
import type { Outgoing } from './contact.ts';
import { isCrd } from './crd.ts';
import { getObject } from './objects.ts';

/** Waits until a CRD is established or a namespace active, so that what needs it can follow. */
export async function waitUntilUsable(
  cluster: Cluster,
  { object, kind }: Outgoing,
  answer: JsonObject,
  signal: AbortSignal,
): Promise<JsonObject> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(cluster.patience)]);
  let live = answer;
  while (!isUsable(live)) {
    try {
      await sleep(50, undefined, { signal: end });
    } catch {
      signal.throwIfAborted();
      throw new WeavefluxError(
        'UNHEALTHY',
        `${displayName(object.id)} was applied but is not usable after ${cluster.patience / 1000} s: ${whyNot(live)}.`,
        { about: { object: object.key, file: object.manifest.file, line: object.manifest.line } },
      );
    }
    live = (await getObject(cluster.client, { id: object.id, kind }, signal)) ?? live;
  }
  return live;
}

function isUsable(live: JsonObject): boolean {
  if (stringAt(live, ['kind']) === 'Namespace') return stringAt(live, ['status', 'phase']) !== 'Terminating';
  if (!isCrd({ group: 'apiextensions.k8s.io', kind: stringAt(live, ['kind']) ?? '' })) return true;
  return condition(live, 'Established')?.status === 'True';
}

function whyNot(live: JsonObject): string {
  if (stringAt(live, ['kind']) === 'Namespace') return 'it is being terminated';
  const refused = condition(live, 'NamesAccepted');
  return stringAt(refused, ['message']) ?? 'it is not established';
}

function condition(live: JsonObject, type: string): JsonObject | undefined {
  const found = listAt(live, ['status', 'conditions']).find((each) => stringAt(each, ['type']) === type);
  return isObject(found) ? found : undefined;
}
