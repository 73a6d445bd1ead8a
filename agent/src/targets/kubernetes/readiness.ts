import { setTimeout as sleep } from 'node:timers/promises';
import { displayName, isObject, type JsonObject, listAt, stringAt, WeavefluxError } from '@weaveflux/shared';
import type { Cluster } from './cluster.ts';
import type { Outgoing } from './contact.ts';
import { getObject } from './objects.ts';

/** Whether what needs a namespace or a CRD can follow: `yes`, `soon`, or why not before something else happens. */
type Usable = 'yes' | 'soon' | { readonly because: string };

/** Waits until a CRD is established; throws where it, or a namespace, will not be usable by waiting alone. */
export async function waitUntilUsable(
  cluster: Cluster,
  { object, kind }: Outgoing,
  answer: JsonObject,
  signal: AbortSignal,
): Promise<JsonObject> {
  const end = performance.now() + cluster.patience;
  const about = { object: object.key, file: object.manifest.file, line: object.manifest.line };
  let live = answer;
  for (let usable = usableOf(live); usable !== 'yes'; usable = usableOf(live)) {
    const because = usable === 'soon' ? 'it is not established yet' : usable.because;
    if (usable !== 'soon' || performance.now() > end)
      throw new WeavefluxError('REJECTED', `${displayName(object.id)} was applied but is not usable: ${because}.`, {
        about,
      });
    await sleep(50, undefined, { signal });
    live = (await getObject(cluster.client, { id: object.id, kind }, signal)) ?? live;
  }
  return live;
}

function usableOf(live: JsonObject): Usable {
  if (stringAt(live, ['kind']) === 'Namespace') {
    const ending = stringAt(live, ['status', 'phase']) === 'Terminating';
    return ending ? { because: 'it is being deleted, and is created again when it is gone' } : 'yes';
  }
  if (condition(live, 'Established')?.status === 'True') return 'yes';
  const names = condition(live, 'NamesAccepted');
  if (names?.status !== 'False') return 'soon';
  return { because: stringAt(names, ['message']) ?? 'its names are taken' };
}

function condition(live: JsonObject, type: string): JsonObject | undefined {
  const found = listAt(live, ['status', 'conditions']).find((each) => stringAt(each, ['type']) === type);
  return isObject(found) ? found : undefined;
}
