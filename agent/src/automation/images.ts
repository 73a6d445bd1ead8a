import { effectiveTag, type ImageStatus, parsePolicy } from '@weaveflux/shared';
import { ranked } from './choose.ts';
import type { Decided } from './scan.ts';

/** At most so many tags are shown of one image. */
const SHOWN = 10;

/** What the API tells of one image. */
export function imageStatus({ subject, decision, held, tags, scannedAt, problem }: Decided): ImageStatus {
  const { policy, image, place } = subject;
  const admitted = policy.policy ?? anyTag();
  return {
    object: place.object,
    name: place.workload,
    container: place.container,
    file: place.file,
    line: subject.line,
    image: place.text,
    repository: image.canonicalName,
    tag: effectiveTag(image) ?? '',
    automated: subject.automated,
    ...(policy.policy === undefined ? {} : { policy: policy.policy.text }),
    state: decision.state,
    ...(decision.chosen === undefined ? {} : { chosen: decision.chosen }),
    reason: decision.reason,
    held: [...held],
    ...(policy.pinned ? { pin: pinOf(policy) } : {}),
    available: admitted === undefined ? [] : ranked(admitted, tags).slice(0, SHOWN),
    ...(scannedAt === undefined ? {} : { scannedAt }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function pinOf({ pinUser, pinMessage }: Decided['subject']['policy']): { user?: string; message?: string } {
  return {
    ...(pinUser === undefined ? {} : { user: pinUser }),
    ...(pinMessage === undefined ? {} : { message: pinMessage }),
  };
}

function anyTag() {
  const result = parsePolicy('glob:*');
  return 'policy' in result ? result.policy : undefined;
}
