import { WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import { pickSome, withProgress } from '../../asking/ask.ts';
import { sayInPassing } from '../../asking/toasts.ts';
import { promotionMessageOf } from '../../model/changes/commit-message.ts';
import { type Promotion, type PromotionItem, promotion } from '../../model/promote/promotion.ts';
import { promotedTexts } from '../../model/promote/texts.ts';
import { targetOf } from '../../model/target.ts';
import type { Command, CommandContext } from '../context.ts';
import { offerCommit } from '../editing/commit.ts';
import { applyTexts, type EditedFile } from '../editing/edit.ts';
import { reviewTexts } from '../editing/review.ts';
import { type Place, pickPlace, placeOf, readSide } from './places.ts';

/** `weaveflux.promote`: carries the versions of images from one environment's repository to another's. */
export const promoteCommand: Command = async (context, argument) => {
  const { services } = context;
  const { environment } = targetOf(argument);
  const known = environment === undefined ? undefined : services.environments.byId(environment);
  const from = known === undefined ? await pickPlace(services, vscode.l10n.t('Promote images from')) : placeOf(known);
  const to = await pickPlace(services, vscode.l10n.t('Promote images of {0} to', from.name), from);
  const found = await withProgress(vscode.l10n.t('Comparing {0} with {1}', from.name, to.name), async (signal) => {
    const [source, target] = await Promise.all([readSide(from, signal), readSide(to, signal)]);
    return promotion(source, target);
  });
  const items = await pickItems(found, from, to);
  await write(context, items, from, to);
};

/** What a person chooses of it. Errors: NOT_FOUND where nothing can be carried over, with the first reason. */
async function pickItems(
  { items, refused, same }: Promotion,
  from: Place,
  to: Place,
): Promise<readonly PromotionItem[]> {
  const [refusal] = refused;
  if (items.length === 0) {
    const nothing =
      same === 0
        ? vscode.l10n.t('{0} and {1} have no workload in common.', from.name, to.name)
        : vscode.l10n.t('{0} has the images of {1} already.', to.name, from.name);
    if (refusal === undefined) throw new WeavefluxError('NOT_FOUND', nothing);
    throw new WeavefluxError('NOT_FOUND', `${refusal.workload} ${refusal.container}: ${refusal.reason}`);
  }
  const choices = [...items]
    .sort((a, b) => Number(b.isProposed) - Number(a.isProposed))
    .map((item) => ({
      label: item.change.place.workload,
      description: `${item.change.place.container} · ${versions(item)}`,
      detail: item.hints.map(({ text }) => text).join(' · '),
      picked: item.isProposed,
      item,
    }));
  const title = vscode.l10n.t('Promote from {0} to {1}', from.name, to.name);
  const left = refused.map(({ workload, container, reason }) => `${workload} ${container}: ${reason}`);
  const equal = same === 0 ? [] : [vscode.l10n.t('{0} are equal', same)];
  const placeHolder = [vscode.l10n.t('Choose what to promote'), ...equal, ...left].join(' · ');
  return (await pickSome(choices, { title, placeHolder })).map(({ item }) => item);
}

function versions({ change: { from, to, text } }: PromotionItem): string {
  return from === to ? text : `${from === '' ? vscode.l10n.t('(no tag)') : from} → ${to}`;
}

async function write(context: CommandContext, items: readonly PromotionItem[], from: Place, to: Place): Promise<void> {
  const changes = items.map(({ change }) => change);
  const documents = new Map<string, vscode.TextDocument>();
  for (const { place } of changes) {
    const uri = vscode.Uri.joinPath(to.root, place.file);
    if (!documents.has(place.file)) documents.set(place.file, await vscode.workspace.openTextDocument(uri));
  }
  const before = new Map([...documents].map(([file, document]) => [file, document.getText()]));
  const { texts, images, problems } = promotedTexts(before, changes);
  const [problem] = problems;
  if (texts.size === 0 && problem !== undefined) throw new WeavefluxError(problem.code, problem.message);
  for (const { message } of problems) void context.toasts.warn(message);
  const files = [...documents].flatMap(([file, document]): EditedFile[] => {
    const after = texts.get(file);
    return after === undefined ? [] : [{ uri: document.uri, before: before.get(file) ?? '', after }];
  });
  const message = promotionMessageOf(images, from.name);
  reviewTexts(context, {
    title: vscode.l10n.t('Promote from {0} to {1}', from.name, to.name),
    files,
    write: async () => {
      await applyTexts(files);
      const repository = (to.environment ?? context.services.environments.of(to.root))?.repository;
      const [subject = ''] = message.split('\n');
      if (repository === undefined) sayInPassing(vscode.l10n.t('{0}: edited.', subject));
      else {
        const done = vscode.l10n.t('{0}: edited, not yet committed.', subject);
        offerCommit(context, { repository, files, message, done });
      }
    },
  });
}
