import type { ContainerPolicy, ImageStatus } from '@weaveflux/shared';
import type { AgentState } from '../agent/state.ts';
import { joined } from '../names.ts';
import type { ImageSource, TextRange } from '../source/types.ts';
import type { Target } from '../target.ts';
import { type Action, commandLens, inTitle, type LensOptions, type LensSpec, nameInTitle } from './lens.ts';
import { isSameImage, type Offer, offerOf } from './offer.ts';
import { isIgnored, type Place } from './place.ts';
import { releaseLens } from './release.ts';
import { runningWords } from './running.ts';

/** An image with all that its lenses are made of. What the file says wins over what the agent has read of it. */
interface Facts {
  readonly image: ImageSource;
  readonly status: ImageStatus | undefined;
  readonly policy: ContainerPolicy | undefined;
  /** As written in the file, of an ImagePolicy elsewhere as the agent has it. */
  readonly policyText: string | undefined;
  readonly offer: Offer | undefined;
  readonly isIgnored: boolean;
}

/** The lenses over an image: what runs and what is newer, then releasing, pinning and automating it. */
export function imageLenses(place: Place, image: ImageSource, state: AgentState, options: LensOptions): LensSpec[] {
  const { range } = image;
  const facts = factsOf(place, image);
  const target: Target = { ...place.target, container: image.container, line: range.startLine + 1 };
  const title = joined(runningWords(image, place.object, facts.status), stateWords(facts));
  const tooltip = tooltipOf(facts);
  const first = facts.status === undefined ? { range, title, tooltip } : explainLens(range, title, tooltip, target);
  if (facts.isIgnored || (image.image === undefined && image.marked !== true)) return [first];
  const release = releaseLens(range, target, facts.offer, state, options);
  const automation = automationLens(place, facts, target);
  return automation === undefined
    ? [first, release, pinLens(facts, target)]
    : [first, release, pinLens(facts, target), automation];
}

function explainLens(range: TextRange, title: string, tooltip: string, target: Target): LensSpec {
  return commandLens(range, { id: 'weaveflux.explain', label: 'Explain', title, tooltip }, target);
}

function factsOf({ source, images }: Place, image: ImageSource): Facts {
  const policy = source.policies.containers.get(image.container);
  const status = images.get(image.container);
  const written = policy?.policy?.text;
  const policyText = image.marked === true && policy?.policy === undefined ? status?.policy : written;
  const isOutdated = status !== undefined && policyText !== status.policy;
  return {
    image,
    status,
    policy,
    policyText,
    offer: status === undefined || isOutdated ? undefined : offerOf(image, status, policy?.policy),
    isIgnored: isIgnored(source),
  };
}

/** What is said behind what runs: whether something is newer, and why it comes or does not. */
function stateWords(facts: Facts): string {
  const { policy, policyText, status, offer } = facts;
  if (facts.isIgnored) return 'ignored';
  if (policy?.pinned === true) return pinWords(policy, offer);
  if (policy?.invalid !== undefined) return 'its policy cannot be understood';
  const by = policyText === undefined ? '' : ` (${inTitle(spoken(policyText))})`;
  if (status === undefined) return policyText === undefined ? '' : inTitle(spoken(policyText));
  if (policyText !== status.policy) {
    return policyText === undefined ? 'no policy once committed' : `${inTitle(spoken(policyText))} once committed`;
  }
  if (offer !== undefined) return `${offerWords(offer)}${by}`;
  if (status.state === 'not-scanned') {
    return `${status.problem === undefined ? 'not scanned yet' : 'its registry cannot be read'}${by}`;
  }
  if (status.state === 'no-match') return `no tag fits${by}`;
  if (status.state === 'needs-release') return `needs a release${by}`;
  if (status.state === 'current' && isSameImage(facts.image, status)) return `up to date${by}`;
  return policyText === undefined ? '' : inTitle(spoken(policyText));
}

function offerWords({ kind, tag }: Offer): string {
  const shown = inTitle(tag);
  switch (kind) {
    case 'newer':
      return `${shown} available`;
    case 'undecided':
      return `${shown} needs a release`;
    case 'held':
      return `Held after a revert: ${shown}`;
    case 'waiting':
      return `${shown} waits for its age`;
    case 'pushed-again':
      return `${shown} was pushed again`;
  }
}

/** A pin, and what would come without it. */
function pinWords({ pinUser, pinMessage }: ContainerPolicy, offer: Offer | undefined): string {
  const who = pinUser === undefined ? '' : ` by ${nameInTitle(pinUser)}`;
  const why = pinMessage === undefined ? '' : `: ${inTitle(pinMessage)}`;
  return joined(`Pinned${who}${why}`, offer && offerWords(offer));
}

/** `semver ~1.4` for `semver:~1.4`. */
function spoken(policy: string): string {
  return policy.replace(':', ' ').trim();
}

function tooltipOf({ image, policy, status }: Facts): string {
  const what = image.image === undefined ? (status?.image ?? image.text) : image.text;
  if (policy?.pinned === true) return [what, policy.pinUser, policy.pinMessage].filter(Boolean).join('\n');
  const reason = policy?.invalid?.message ?? status?.reason;
  return reason === undefined ? what : `${what}\n${reason}`;
}

const PIN: Action = {
  id: 'weaveflux.pin',
  title: 'Pin…',
  tooltip: 'Nothing is released until somebody unpins it; this edits the file.',
};
const UNPIN: Action = {
  id: 'weaveflux.unpin',
  title: 'Unpin',
  tooltip: 'Its policy decides again; this edits the file.',
};
const AUTOMATE: Action = {
  id: 'weaveflux.automate',
  title: 'Automate…',
  tooltip: 'The agent releases by itself what the policy chooses; this edits the file.',
};
const SET_POLICY: Action = { id: 'weaveflux.setPolicy', title: 'Set Policy…', tooltip: 'This edits the file.' };

function pinLens({ policy, image: { range, container } }: Facts, target: Target): LensSpec {
  const action = policy?.pinned === true ? UNPIN : PIN;
  // A pin of fields that only markers tell of is one of their whole object.
  return commandLens(range, action, container.includes(':') ? withoutContainer(target) : target);
}

function withoutContainer({ container: _, ...whole }: Target): Target {
  return whole;
}

function automationLens({ source }: Place, facts: Facts, target: Target): LensSpec | undefined {
  const { image, policy, policyText } = facts;
  const { range } = image;
  if (image.marked === true) {
    return { range, title: 'Automated', tooltip: 'Its ImagePolicy decides what is released; change it there.' };
  }
  // What runs to its end cannot take another image.
  if (source.manifest.id.kind === 'Job' && !source.policies.recreate) return undefined;
  if (policy?.invalid !== undefined) return commandLens(range, SET_POLICY, target);
  if (!source.policies.automated) return commandLens(range, AUTOMATE, target);
  const what = policyText === undefined ? 'any newer tag' : `what ${policyText} chooses`;
  const tooltip = `The agent releases ${what} by itself; a click changes the policy.`;
  return commandLens(range, { id: SET_POLICY.id, label: SET_POLICY.title, title: 'Automated', tooltip }, target);
}
