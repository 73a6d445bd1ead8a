import { WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import { withProgress } from '../../asking/ask.ts';
import { promotionMessageOf } from '../../model/changes/commit-message.ts';
import { type PromotionItem, promotion } from '../../model/promote/promotion.ts';
import { promotedTexts } from '../../model/promote/texts.ts';
import { targetOf } from '../../model/target.ts';
import type { Command, CommandContext } from '../context.ts';
import { offerCommit } from '../editing/commit.ts';
import { applyTexts, type EditedFile } from '../editing/edit.ts';
import { chooseItems } from './choose-items.ts';
import { offerPull } from './offer-pull.ts';
import { type Place, pickPlace, placeOf, readSide, untilKnown } from './places.ts';

/** `weaveflux.promote`: carries the versions of images from one environment's repository to another's. */
export const promoteCommand: Command = async (context, argument) => {
  const { services } = context;
  const { environment } = targetOf(argument);
  const known = environment === undefined ? undefined : services.environments.byId(environment);
  const from = known === undefined ? await pickPlace(services, vscode.l10n.t('Promote images from')) : placeOf(known);
  const to = await pickPlace(services, vscode.l10n.t('Promote images of {0} to', from.name), from);
  const sides = [from, to];
  await withProgress(vscode.l10n.t('Asking the agents of {0} and {1}', from.name, to.name), (signal) =>
    Promise.all(sides.map((side) => untilKnown(side, signal))),
  );
  for (const side of sides) await offerPull(side);
  const found = await withProgress(vscode.l10n.t('Comparing {0} with {1}', from.name, to.name), async (signal) => {
    const [source, target] = await Promise.all([readSide(from, signal), readSide(to, signal)]);
    return promotion(source, target);
  });
  const items = await chooseItems(found, from, to);
  await write(context, items, from, to);
};

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
  const review = {
    title: vscode.l10n.t('Promote from {0} to {1}', from.name, to.name),
    files,
    write: async () => {
      await applyTexts(files);
      const [subject = ''] = message.split('\n');
      const repository = to.environment?.repository ?? (await context.services.environments.repositoryAt(to.root));
      if (repository === undefined) {
        const said = vscode.l10n.t(
          '{0} in {1}: edited; its repository is not open in VS Code, so save and commit it there.',
          subject,
          to.name,
        );
        void context.toasts.info(said);
        return;
      }
      const done = vscode.l10n.t('{0} in {1}: edited, not yet committed.', subject, to.name);
      offerCommit(context, { repository, files, message, done });
    },
  };
  context.inBackground(() => context.reviews.show(review));
}
