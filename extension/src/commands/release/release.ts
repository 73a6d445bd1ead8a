import { effectiveTag, type ImageStatus, type Tag, tryParseImage, WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../../agents/environments.ts';
import { pickOne } from '../../asking/ask.ts';
import { policyOfStatus } from '../../model/changes/known-tags.ts';
import { tagChoices } from '../../model/changes/tag-choices.ts';
import { targetOf } from '../../model/target.ts';
import { type ContainerSubject, containerFor } from '../../subject/subject.ts';
import { pickTag } from '../asking/pick-tag.ts';
import type { Command } from '../context.ts';
import { type Release, release } from './release-by-mode.ts';

/** How many tags are described for a choice: what fits into a list that is looked over. */
const DESCRIBED = 20;

/** `weaveflux.release`: a version chosen from a list, whatever the policy says. */
export const releaseCommand: Command = async (context, argument) => {
  const target = targetOf(argument);
  const title = vscode.l10n.t('Release');
  const subject = await containerFor(context.services, target, title);
  const tag = await askTag(subject, target.tag);
  if (isHeld(subject, tag)) await confirmHeld(subject, tag);
  await release(context, [await settlePin({ subject, tag })]);
};

/** `weaveflux.releaseHeld`: a tag that is held since a person, or the agent by itself, went back from it. */
export const releaseHeldCommand: Command = async (context, argument) => {
  const target = targetOf(argument);
  const subject = await containerFor(context.services, target, vscode.l10n.t('Release Anyway'));
  const tag = await heldTag(subject, target.tag);
  await confirmHeld(subject, tag);
  await release(context, [await settlePin({ subject, tag })]);
};

/** The tag in the file, as far as it can be read, else as the agent knows it. */
export function currentTag({ workload, container, images }: ContainerSubject): string {
  const written = workload?.containers.find(({ name }) => name === container)?.image;
  const image = written === undefined ? undefined : tryParseImage(written);
  return (image === undefined ? images.get(container)?.tag : effectiveTag(image)) ?? '';
}

/** Asks whether a release passes a pin or ends it, where there is one. */
export async function settlePin(wanted: Release): Promise<Release> {
  const { subject } = wanted;
  const { container, name } = subject;
  const policy = subject.workload?.policies.containers.get(container);
  const pinned = policy?.pinned ?? subject.images.get(container)?.pin !== undefined;
  if (!pinned) return wanted;
  const reason = policy?.pinMessage ?? subject.images.get(container)?.pin?.message;
  const items = [
    {
      label: vscode.l10n.t('Unpin and release'),
      description: vscode.l10n.t('the policy may release by itself again'),
      pin: 'end' as const,
    },
    {
      label: vscode.l10n.t('Release and stay pinned'),
      description: vscode.l10n.t('pinned at the new tag'),
      pin: 'pass' as const,
    },
  ];
  const title =
    reason === undefined ? vscode.l10n.t('{0} is pinned', name) : vscode.l10n.t('{0} is pinned: {1}', name, reason);
  const { pin } = await pickOne(items, { title, placeHolder: vscode.l10n.t('What becomes of the pin?') });
  return { ...wanted, pin };
}

async function askTag(subject: ContainerSubject, proposed: string | undefined): Promise<Tag> {
  const { container, name, environment } = subject;
  const status = () => environment?.state.images.find(isOf(subject)) ?? subject.images.get(container);
  const written = subject.workload?.policies.containers.get(container)?.policy;
  const policy = subject.workload === undefined ? policyOfStatus(status()) : written;
  return pickTag({
    title: vscode.l10n.t('Release {0} of {1}', container, name),
    choices: (described) => tagChoices({ status: status(), current: currentTag(subject), policy, described }),
    describe: environment && (() => describeTags(environment, status())),
    onDidChange: environment?.onDidChange,
    policy: policy?.text,
    proposed,
  });
}

/** What the agent can tell of the newest tags of an image's repository. */
async function describeTags(environment: Environment, status: ImageStatus | undefined): Promise<readonly Tag[]> {
  if (status === undefined) return [];
  const client = await environment.client();
  return client.tags(status.repository, DESCRIBED);
}

function isOf({ key, container }: ContainerSubject) {
  return (image: { readonly object: string; readonly container: string }) =>
    image.object === key && image.container === container;
}

function isHeld({ images, container }: ContainerSubject, { tag }: Tag): boolean {
  return images.get(container)?.held.includes(tag) ?? false;
}

async function heldTag(subject: ContainerSubject, wanted: string | undefined): Promise<Tag> {
  const { container, images, name } = subject;
  const status = images.get(container);
  const known = (tag: string): Tag => status?.available.find((each) => each.tag === tag) ?? { tag };
  if (wanted !== undefined) return known(wanted);
  const held = status?.held ?? [];
  const [first, ...others] = held;
  if (first === undefined) {
    throw new WeavefluxError('NOT_FOUND', vscode.l10n.t('No tag of {0} of {1} is held.', container, name));
  }
  if (others.length === 0) return known(first);
  const title = vscode.l10n.t('Release Anyway');
  const items = held.map((label) => ({ label }));
  return known(
    (await pickOne(items, { title, placeHolder: vscode.l10n.t('Choose one of the tags that are held') })).label,
  );
}

/** Says what releasing a held tag means, and goes on only where that is wanted. */
async function confirmHeld({ images, container, name }: ContainerSubject, { tag }: Tag): Promise<void> {
  const go = {
    label: vscode.l10n.t('Release {0} anyway', tag),
    detail: vscode.l10n.t('It is held no longer, and the policy may choose it again.'),
  };
  const keep = { label: vscode.l10n.t('Keep it held'), detail: vscode.l10n.t('Nothing is changed.') };
  const failure = images.get(container)?.holds?.find((hold) => hold.tag === tag)?.failure;
  const title =
    failure === undefined
      ? vscode.l10n.t('A person went back from {0}, so no policy chooses it', tag)
      : vscode.l10n.t('{0} did not become healthy with {1}, so no policy chooses it', name, tag);
  if ((await pickOne([go, keep], { title })) !== go) throw new vscode.CancellationError();
}
