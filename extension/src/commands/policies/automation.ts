import { annotationKeysOf, type Change, statedAnnotations, type Tag } from '@weaveflux/shared';
import * as vscode from 'vscode';
import { pickOne } from '../../asking/ask.ts';
import { knownTags } from '../../model/changes/known-tags.ts';
import { targetOf } from '../../model/target.ts';
import { type ContainerSubject, containerFor, type Subject, subjectFor } from '../../subject/subject.ts';
import { pickPolicy } from '../asking/pick-policy.ts';
import type { Command } from '../context.ts';
import type { Wish } from '../editing/edit.ts';
import { editAndOffer } from '../editing/edit-and-offer.ts';
import { currentTag } from '../release/release.ts';

/** `weaveflux.automate`: with the policies that are there, or with one that is chosen first. */
export const automateCommand: Command = async (context, argument) => {
  const title = vscode.l10n.t('Automate');
  const subject = await subjectFor(context.services, targetOf(argument), { title, what: 'workload' });
  const way = await pickWay(subject);
  const changes: Wish['changes'] = ({ key }) => [
    ...way.changes,
    { kind: 'automate', workload: key, ...(way.fromNow ? { fromNow: true } : {}) },
  ];
  const wish = { subject, changes, ...(way.fromNow ? { tags: chosenTags(subject) } : {}) };
  await editAndOffer(context, { environment: subject.environment, wishes: [wish] });
};

/** `weaveflux.deautomate`: leaves releases to people. */
export const deautomateCommand: Command = async (context, argument) => {
  const title = vscode.l10n.t('Stop Automating');
  const subject = await subjectFor(context.services, targetOf(argument), { title, what: 'workload' });
  const changes: Wish['changes'] = ({ key }) => [{ kind: 'deautomate', workload: key }];
  await editAndOffer(context, { environment: subject.environment, wishes: [{ subject, changes }] });
};

/** `weaveflux.setPolicy`: which tags a container takes. */
export const setPolicyCommand: Command = async (context, argument) => {
  const subject = await containerFor(context.services, targetOf(argument), vscode.l10n.t('Set Policy'));
  const policy = await askPolicy(subject, true);
  const changes: Wish['changes'] = ({ key }) => [policyChange(key, subject.container, policy)];
  await editAndOffer(context, { environment: subject.environment, wishes: [{ subject, changes }] });
};

interface Way {
  readonly changes: readonly Change[];
  readonly fromNow: boolean;
}

interface WayItem extends vscode.QuickPickItem {
  readonly way: Way | { readonly policyOf: string };
}

/** How a workload is automated: where no container has a policy yet, one is chosen first. */
async function pickWay(subject: Subject): Promise<Way> {
  const { workload, name } = subject;
  const containers = (workload?.containers ?? []).filter((container) => isAsked(subject, container.name));
  const [first, second] = containers;
  const written = new Map(containers.map((it) => [it.name, writtenPolicy(subject, it.name)]));
  const hasPolicy = [...written.values()].some((policy) => policy !== undefined);
  if (!hasPolicy && first !== undefined && second === undefined) return withPolicy(subject, first.name);
  const items: WayItem[] = [
    { label: presentLabel(hasPolicy), detail: presentDetail(written), way: { changes: [], fromNow: false } },
    ...fromNowItem(subject),
    ...containers.map(({ name: container }) => ({
      label: vscode.l10n.t('Set the policy of {0} first…', container),
      description: written.get(container) ?? vscode.l10n.t('none yet'),
      way: { policyOf: container },
    })),
  ];
  const { way } = await pickOne(items, { title: vscode.l10n.t('Automate {0}', name) });
  return 'policyOf' in way ? withPolicy(subject, way.policyOf) : way;
}

/** Takes the chosen tag at once where its order to the present one is not known. */
function fromNowItem(subject: Subject): WayItem[] {
  const waiting = [...subject.images.values()].filter(({ state, chosen }) => state === 'needs-release' && chosen);
  if (waiting.length === 0) return [];
  const tags = waiting.map(({ container, chosen }) => `${container} ${chosen?.tag}`).join(', ');
  const detail = vscode.l10n.t('Whether they are newer than the present tags is not known.');
  return [{ label: vscode.l10n.t('Begin with {0}', tags), detail, way: { changes: [], fromNow: true } }];
}

async function withPolicy(subject: Subject, container: string): Promise<Way> {
  const policy = await askPolicy({ ...subject, container }, false);
  return { changes: [policyChange(subject.key, container, policy)], fromNow: false };
}

function askPolicy(subject: ContainerSubject, mayRemove: boolean): Promise<string | undefined> {
  const { container, name, workload, images } = subject;
  const annotations = workload === undefined ? {} : statedAnnotations(workload.manifest);
  const [filterKey] = annotationKeysOf(annotations, 'tag-filter', container);
  const filter = filterKey === undefined ? undefined : annotations[filterKey];
  return pickPolicy({
    title: vscode.l10n.t('Policy of {0} of {1}', container, name),
    tag: currentTag(subject),
    policy: writtenPolicy(subject, container),
    known: knownTags(images.get(container)),
    filter: typeof filter === 'string' ? filter : undefined,
    mayRemove,
  });
}

/** As written, also where it cannot be understood. */
function writtenPolicy({ workload }: Subject, container: string): string | undefined {
  if (workload === undefined) return undefined;
  const annotations = statedAnnotations(workload.manifest);
  const [key] = annotationKeysOf(annotations, 'tag', container);
  const value = key === undefined ? undefined : annotations[key];
  const stated = typeof value === 'string' ? value : undefined;
  return stated ?? workload.policies.containers.get(container)?.policy?.text;
}

function chosenTags({ images }: Subject): ReadonlyMap<string, Tag> {
  return new Map(
    [...images.values()].flatMap(({ container, chosen }) =>
      chosen === undefined ? [] : [[container, chosen] as const],
    ),
  );
}

function policyChange(workload: string, container: string, policy: string | undefined): Change {
  return { kind: 'policy', workload, container, ...(policy === undefined ? {} : { policy }) };
}

function isAsked({ container }: Subject, name: string): boolean {
  return container === undefined || container === name;
}

function presentLabel(hasPolicy: boolean): string {
  return hasPolicy
    ? vscode.l10n.t('Automate with the policy that is there')
    : vscode.l10n.t('Automate without a policy: the newest built is taken');
}

function presentDetail(written: ReadonlyMap<string, string | undefined>): string {
  return [...written].map(([container, policy]) => `${container}: ${policy ?? 'glob:*'}`).join(' · ');
}
