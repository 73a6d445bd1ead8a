import * as l10n from '@vscode/l10n';
import type { ContainerPolicy, ImageStatus } from '@weaveflux/shared';
import type { AgentState } from '../agent/state.ts';
import { joined } from '../names.ts';
import type { ImageSource, TextRange } from '../source/types.ts';
import type { Target } from '../target.ts';
import { type Action, commandLens, inTitle, type LensOptions, type LensSpec, nameInTitle } from './lens.ts';
import { isSameImage, type Offer, offerOf } from './offer.ts';
import { isIgnored, type Place } from './place.ts';
import { approveLens, releaseLens } from './release.ts';
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
  const title = isEmpty(image)
    ? l10n.t('No image')
    : joined(runningWords(image, place.object, facts.status), stateWords(facts));
  const tooltip = tooltipOf(facts);
  const first = facts.status === undefined ? { range, title, tooltip } : explainLens(range, title, tooltip, target);
  if (facts.isIgnored || (image.image === undefined && image.marked !== true)) return [first];
  const release =
    facts.offer?.kind === 'approval'
      ? approveLens(range, { ...target, tag: facts.offer.tag }, state, options)
      : releaseLens(range, target, facts.offer?.kind === 'unsigned' ? undefined : facts.offer, state, options);
  const automation = automationLens(place, facts, target);
  return automation === undefined
    ? [first, release, pinLens(facts, target)]
    : [first, release, pinLens(facts, target), automation];
}

function isEmpty({ text, marked }: ImageSource): boolean {
  return text === '' && marked !== true;
}

function explainLens(range: TextRange, title: string, tooltip: string, target: Target): LensSpec {
  return commandLens(range, { id: 'weaveflux.explain', label: l10n.t('Explain'), title, tooltip }, target);
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
  if (facts.isIgnored) return l10n.t('ignored');
  if (policy?.pinned === true) return pinWords(policy, offer);
  if (policy?.invalid !== undefined) return l10n.t('its policy cannot be understood');
  const by = policyText === undefined ? '' : ` (${inTitle(spoken(policyText))})`;
  if (status === undefined) return policyText === undefined ? '' : inTitle(spoken(policyText));
  if (policyText !== status.policy) {
    return policyText === undefined
      ? l10n.t('no policy once committed')
      : l10n.t('{0} once committed', inTitle(spoken(policyText)));
  }
  if (offer !== undefined) return `${offerWords(offer)}${by}`;
  if (status.state === 'not-scanned') {
    return `${status.problem === undefined ? l10n.t('not scanned yet') : l10n.t('its registry cannot be read')}${by}`;
  }
  if (status.state === 'no-match') return `${l10n.t('no tag fits')}${by}`;
  if (status.state === 'needs-release') return `${l10n.t('needs a release')}${by}`;
  if (status.state === 'current' && isSameImage(facts.image, status)) return `${l10n.t('up to date')}${by}`;
  return policyText === undefined ? '' : inTitle(spoken(policyText));
}

function offerWords({ kind, tag }: Offer): string {
  const shown = inTitle(tag);
  switch (kind) {
    case 'newer':
      return l10n.t('{0} available', shown);
    case 'approval':
      return l10n.t('{0} waits for approval', shown);
    case 'merge':
      return l10n.t('{0} waits to be merged', shown);
    case 'undecided':
      return l10n.t('{0} needs a release', shown);
    case 'held':
      return l10n.t('Held after a revert: {0}', shown);
    case 'waiting':
      return l10n.t('{0} waits for its age', shown);
    case 'window':
      return l10n.t('{0} waits for its window', shown);
    case 'unsigned':
      return l10n.t('{0} is not signed as it must be', shown);
    case 'pushed-again':
      return l10n.t('{0} was pushed again', shown);
  }
}

/** A pin, and what would come without it. */
function pinWords({ pinUser, pinMessage }: ContainerPolicy, offer: Offer | undefined): string {
  const pinned = pinUser === undefined ? l10n.t('Pinned') : l10n.t('Pinned by {0}', nameInTitle(pinUser));
  const why = pinMessage === undefined ? '' : `: ${inTitle(pinMessage)}`;
  return joined(`${pinned}${why}`, offer && offerWords(offer));
}

/** `semver ~1.4` for `semver:~1.4`. */
function spoken(policy: string): string {
  return policy.replace(':', ' ').trim();
}

function tooltipOf({ image, policy, status }: Facts): string {
  const what = image.image === undefined ? (status?.image ?? image.text) : image.text;
  const reason = policy?.invalid?.message ?? status?.reason;
  const says = policy?.pinned === true ? [policy.pinUser, policy.pinMessage] : [reason];
  const problem = status?.problem?.message;
  return [what, ...says, problem === reason ? undefined : problem].filter(Boolean).join('\n');
}

const pinAction = (): Action => ({
  id: 'weaveflux.pin',
  title: l10n.t('Pin…'),
  tooltip: l10n.t('Nothing is released until somebody unpins it; this edits the file.'),
});
const unpinAction = (): Action => ({
  id: 'weaveflux.unpin',
  title: l10n.t('Unpin'),
  tooltip: l10n.t('Its policy decides again; this edits the file.'),
});
const automateAction = (): Action => ({
  id: 'weaveflux.automate',
  title: l10n.t('Automate…'),
  tooltip: l10n.t('The agent releases by itself what the policy chooses; this edits the file.'),
});
const policyAction = (): Action => ({
  id: 'weaveflux.setPolicy',
  title: l10n.t('Set Policy…'),
  tooltip: l10n.t('This edits the file.'),
});

function pinLens({ policy, image: { range, container } }: Facts, target: Target): LensSpec {
  const action = policy?.pinned === true ? unpinAction() : pinAction();
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
    const tooltip = l10n.t('Its ImagePolicy decides what is released; change it there.');
    return { range, title: l10n.t('Automated'), tooltip };
  }
  // What runs to its end cannot take another image.
  if (source.manifest.id.kind === 'Job' && !source.policies.recreate) return undefined;
  if (policy?.invalid !== undefined) return commandLens(range, policyAction(), target);
  if (!source.policies.automated) return commandLens(range, automateAction(), target);
  const tooltip =
    policyText === undefined
      ? l10n.t('The agent releases any newer tag by itself; a click changes the policy.')
      : l10n.t('The agent releases what {0} chooses by itself; a click changes the policy.', policyText);
  const { id, title: label } = policyAction();
  return commandLens(range, { id, label, title: l10n.t('Automated'), tooltip }, target);
}
