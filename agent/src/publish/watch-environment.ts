import type { KubernetesClient } from '../targets/kubernetes/client.ts';
import { hasCode } from '../targets/kubernetes/objects.ts';
import { watchOn } from '../targets/kubernetes/watch-on.ts';
import { pauseAfter } from '../targets/kubernetes/watch-pause.ts';
import { isGone, listObjects, watchObjects } from '../targets/kubernetes/watch-requests.ts';
import type { OwnEnvironment } from './own-environment.ts';

/** What the watch of the Environment works with. */
export interface EnvironmentWatch {
  readonly client: KubernetesClient;
  readonly own: OwnEnvironment;
  readonly random: () => number;
  /** Takes what keeps it from watching; told again only when it is another reason. */
  readonly warn: (message: string) => void;
}

/** Lists and watches just the agent's Environment until the signal, or until its kind is no longer served; never throws. */
export async function watchEnvironment(watch: EnvironmentWatch, signal: AbortSignal): Promise<void> {
  const { own, random, warn } = watch;
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      const from = await list(watch, signal);
      attempt = 0;
      await follow(watch, from, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (isGone(error)) continue;
      if (hasCode(error, 'UNKNOWN_KIND') && (await isUnserved(own, signal))) return;
      if (hasCode(error, 'FORBIDDEN')) warn(error.message);
      await pauseAfter(error, attempt, random(), signal);
    }
  }
}

/** Whether the object's own path says so, too. */
async function isUnserved(own: OwnEnvironment, signal: AbortSignal): Promise<boolean> {
  const known = await own.read(signal).catch(() => undefined);
  return known?.state === 'unserved';
}

async function list({ client, own }: EnvironmentWatch, signal: AbortSignal): Promise<string> {
  const { objects, resourceVersion } = await listObjects(client, own.scope, selection(own), signal);
  own.see(objects[0]);
  return resourceVersion;
}

function follow({ client, own, random }: EnvironmentWatch, from: string, signal: AbortSignal): Promise<void> {
  return watchOn(
    from,
    (at) =>
      watchObjects(
        client,
        own.scope,
        selection(own),
        at,
        ({ type, object }) => own.see(type === 'deleted' ? undefined : object),
        signal,
      ),
    random,
    signal,
  );
}

/** By name, so that a right on just this name is enough. */
function selection({ name }: OwnEnvironment) {
  return { fieldSelector: `metadata.name=${name}` };
}
