import { type Health, isObject, type JsonObject, listAt, stringAt } from '@weaveflux/shared';
import { conditionOf, sayCondition } from './fields.ts';
import { failed, healthy, progressing } from './results.ts';

/** Reasons to wait that only a change of the pod's spec or image ends. */
const HOPELESS = new Set(['CrashLoopBackOff', 'ErrImageNeverPull', 'InvalidImageName', 'CreateContainerConfigError']);

/**
 * A Pod: ready, or ended well. One that cannot be scheduled is progressing, because an autoscaler may yet bring a
 * node; one whose containers crash in a loop is failed.
 */
export function podHealth(object: JsonObject): Health {
  const phase = stringAt(object, ['status', 'phase']);
  if (phase === 'Succeeded') return healthy('ended with success');
  if (phase === 'Failed') return failed(stringAt(object, ['status', 'message']) ?? 'ended with a failure');
  const ready = conditionOf(object, 'Ready');
  if (phase === 'Running' && ready?.status === 'True') return healthy();
  const hopeless = waitingContainers(object).find((container) => HOPELESS.has(container.reason));
  if (hopeless !== undefined) return failed(`container ${hopeless.name} is in ${hopeless.reason}`);
  const scheduled = conditionOf(object, 'PodScheduled');
  if (scheduled?.status === 'False') return progressing(sayCondition(scheduled));
  const waiting = waitingContainers(object)[0];
  if (waiting !== undefined) return progressing(`container ${waiting.name} waits: ${waiting.reason}`);
  return progressing(phase === 'Running' ? 'runs but is not ready' : 'has not started yet');
}

function waitingContainers(object: JsonObject): { name: string; reason: string }[] {
  const lists = ['initContainerStatuses', 'containerStatuses'];
  return lists.flatMap((list) =>
    listAt(object, ['status', list]).flatMap((entry) => {
      if (!isObject(entry)) return [];
      const reason = stringAt(entry, ['state', 'waiting', 'reason']);
      return reason === undefined ? [] : [{ name: stringAt(entry, ['name']) ?? '', reason }];
    }),
  );
}
