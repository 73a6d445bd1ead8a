import type { Change } from '../api/requests.ts';
import { effectiveTag, parseImage } from '../images/reference.ts';
import { statedAnnotations } from '../places/stated.ts';
import { MAX_KEY_NAME } from '../policies/keys.ts';
import { parsePolicy } from '../policies/parse.ts';
import { annotationKeyFor } from '../policies/spellings.ts';
import { annotate, unannotate } from './annotations.ts';
import type { ChangeContext, Done } from './context.ts';
import { containersNamed, refused, writeTags } from './images.ts';
import { automationRefusal } from './workload.ts';

/** Lets the policies of a workload release by themselves; `fromNow` takes at once what they choose. */
export function automate(context: ChangeContext, { fromNow = false }: Extract<Change, { kind: 'automate' }>): Done {
  const { workload, draft, request } = context;
  const refusal = automationRefusal(workload);
  if (refusal !== undefined)
    throw refused(workload, 'NOT_SUPPORTED', `is not automated: ${refusal.replace(/\.$/, '')}`);
  annotate(draft, 'true', 'automated');
  if (!fromNow) return { message: `${workload.name} is automated.` };
  const released = workload.containers.filter(
    ({ name }) =>
      workload.policies.containers.get(name)?.pinned !== true && request.chosenTag(workload.key, name) !== undefined,
  );
  if (released.length === 0) {
    throw refused(workload, 'NOT_FOUND', 'has no tag to begin with: its policies admit none that is known');
  }
  const current = (image: string): string => effectiveTag(parseImage(image)) ?? '';
  const { images = [] } = writeTags(
    context,
    released,
    ({ name, image }) => request.chosenTag(workload.key, name)?.tag ?? current(image),
  );
  const list = images.map(({ place, to }) => `${place.container} ${to}`).join(', ');
  return { images, message: `${workload.name} is automated${list === '' ? '' : `, from ${list} on`}.` };
}

/** Leaves releases to people. */
export function deautomate({ workload, draft }: ChangeContext): Done {
  if (workload.policies.automated) unannotate(draft, 'automated');
  return { message: `${workload.name} is not automated.` };
}

/** Writes or removes the policy of a container. */
export function setPolicy(context: ChangeContext, { container, policy }: Extract<Change, { kind: 'policy' }>): Done {
  const { workload, draft } = context;
  containersNamed(workload, container);
  if (workload.marked.some((image) => image.container === container)) {
    throw refused(workload, 'NOT_SUPPORTED', `takes the policy of ${container} from an ImagePolicy; change it there`);
  }
  if (policy === undefined) {
    unannotate(draft, 'tag', container);
    return { message: `${container} of ${workload.name} has no policy.` };
  }
  const { invalid } = parsePolicy(policy);
  if (invalid !== undefined)
    throw refused(workload, 'INVALID_POLICY', `keeps its policy: ${invalid.message.replace(/\.$/, '')}`);
  const key = annotationKeyFor(statedAnnotations({ ...workload.manifest, value: draft.value }), 'tag', container);
  if (key.length - key.indexOf('/') - 1 > MAX_KEY_NAME) {
    throw refused(
      workload,
      'INVALID_POLICY',
      `has a container name that is too long for ${key}; write filter.fluxcd.io/${container} into the file`,
    );
  }
  annotate(draft, policy, 'tag', container);
  return { message: `${container} of ${workload.name} has the policy ${policy}.` };
}
