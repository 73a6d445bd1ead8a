import {
  type ChangeRequest,
  type DecisionState,
  type ImageSettings,
  type ImageStatus,
  parseObjectKey,
  type Tag,
} from '@weaveflux/shared';
import { rulesFor } from '../signatures/rules.ts';

/** What changes of a working copy go by: what the agent says of images, and the signatures that the settings there require. */
export function factsOf(
  images: readonly ImageStatus[],
  settings: ImageSettings,
): Pick<ChangeRequest, 'chosenTag' | 'whyNoTag' | 'signatureOf'> {
  return {
    chosenTag: (object, container) => chosenTag(imageIn(images, object, container)),
    whyNoTag: (object, container) => whyNoTag(imageIn(images, object, container)),
    signatureOf: (object, container, tag) => signatureOf(imageIn(images, object, container), tag, settings),
  };
}

/** What the agent says of a container; it may know of a namespace that the file leaves out. */
function imageIn(images: readonly ImageStatus[], object: string, container: string): ImageStatus | undefined {
  const id = parseObjectKey(object);
  return images.find((image) => {
    const known = parseObjectKey(image.object);
    if (image.container !== container || known === undefined || id === undefined) return false;
    const sameNamespace = id.namespace === '' || id.namespace === known.namespace;
    return sameNamespace && known.group === id.group && known.kind === id.kind && known.name === id.name;
  });
}

/** States in which the tag of the policy is not to be had, or not known; what is not signed is refused with its reason. */
const NOTHING_TO_RELEASE: ReadonlySet<DecisionState> = new Set(['held', 'no-match', 'invalid-policy', 'not-scanned']);

function chosenTag(image: ImageStatus | undefined): Tag | undefined {
  return image === undefined || NOTHING_TO_RELEASE.has(image.state) ? undefined : image.chosen;
}

/** What the agent says of what it does not choose; of a tag that is only held, how it is written here all the same. */
function whyNoTag(image: ImageStatus | undefined): string | undefined {
  if (image === undefined || !NOTHING_TO_RELEASE.has(image.state)) return undefined;
  const how = image.chosen === undefined ? 'say which with --tag' : `--tag ${image.chosen.tag} writes it all the same`;
  return `the agent says: ${image.reason.replace(/\.$/, '')}; ${how}`;
}

/** States in which the agent has checked the tag that it would write, where it must be signed. */
const CHECKED: ReadonlySet<DecisionState> = new Set(['update', 'needs-approval', 'outside-window', 'needs-release']);

/** Only the agent checks signatures, so this is about the tag that it chooses; one that a person names is not checked. */
function signatureOf(
  image: ImageStatus | undefined,
  tag: string,
  { verify = [] }: ImageSettings,
): { readonly refusal?: string } | undefined {
  if (image === undefined || image.chosen?.tag !== tag) return undefined;
  if (image.state === 'not-verified') return { refusal: `the agent says: ${image.reason.replace(/\.$/, '')}` };
  if (rulesFor(verify, image.repository).length === 0) return undefined;
  return CHECKED.has(image.state) ? {} : { refusal: 'the agent checks its signature only without --local' };
}
