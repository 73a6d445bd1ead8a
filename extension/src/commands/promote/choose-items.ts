import { WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Promotion, PromotionItem, PromotionRefusal } from '../../model/promote/promotion.ts';
import type { Place } from './places.ts';

/** A row: without an item it tells what cannot be promoted. */
interface Choice extends vscode.QuickPickItem {
  readonly item?: PromotionItem;
}

/**
 * What a person chooses of a promotion, at least one; Escape, or none, ends the command. What cannot be promoted is listed
 * as well. Errors: NOT_FOUND where nothing can be, with the reasons.
 */
export async function chooseItems(found: Promotion, from: Place, to: Place): Promise<readonly PromotionItem[]> {
  if (found.items.length === 0) throw new WeavefluxError('NOT_FOUND', sayNothing(found, from, to));
  const title = vscode.l10n.t('Promote from {0} to {1}', from.name, to.name);
  const placeholder = [vscode.l10n.t('Choose what to promote'), ...sayEqual(found)].join(' · ');
  const picked = await pick(choicesOf(found), { title, placeholder });
  if (picked.length === 0) throw new vscode.CancellationError();
  return picked;
}

function sayEqual({ same }: Promotion): string[] {
  if (same === 0) return [];
  return [same === 1 ? vscode.l10n.t('1 is equal') : vscode.l10n.t('{0} are equal', same)];
}

/** Why there is nothing to choose from. */
function sayNothing({ refused, same }: Promotion, from: Place, to: Place): string {
  const unfit = refused.filter(({ kind }) => kind === 'unfit');
  if (unfit.length === 0 && same === 0)
    return vscode.l10n.t('{0} and {1} have no workload in common.', from.name, to.name);
  const [first, ...others] = unfit;
  if (first === undefined) return vscode.l10n.t('{0} has the images of {1} already.', to.name, from.name);
  const why = `${first.workload} ${first.container}: ${first.reason}`;
  return others.length === 0 ? why : vscode.l10n.t('{0} {1} more cannot be promoted either.', why, others.length);
}

function choicesOf({ items, refused }: Promotion): Choice[] {
  const rows = items.map(rowOf);
  return [
    ...group(
      vscode.l10n.t('proposed'),
      rows.filter(({ picked }) => picked),
    ),
    ...group(
      vscode.l10n.t('not proposed'),
      rows.filter(({ picked }) => !picked),
    ),
    ...group(vscode.l10n.t('cannot be promoted'), refused.map(refusedRow)),
  ];
}

function group(label: string, rows: readonly Choice[]): Choice[] {
  return rows.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...rows];
}

function rowOf(item: PromotionItem): Choice & { readonly picked: boolean } {
  const { change, hints, isProposed } = item;
  const { workload } = change.place;
  return {
    label: workload,
    description: [...sayContainer(change.place), versions(item)].join(' · '),
    ...(hints.length === 0 ? {} : { detail: hints.map(({ text }) => text).join(' · ') }),
    picked: isProposed,
    item,
  };
}

function refusedRow(refusal: PromotionRefusal): Choice {
  const description = sayContainer(refusal).join('');
  return { label: `$(circle-slash) ${refusal.workload}`, description, detail: refusal.reason };
}

/** A container that has its workload's name needs no words. */
function sayContainer({ workload, container }: Pick<PromotionRefusal, 'workload' | 'container'>): string[] {
  return workload.endsWith(`/${container}`) ? [] : [container];
}

function versions({ change: { from, to, text } }: PromotionItem): string {
  return from === to ? text : `${from === '' ? vscode.l10n.t('(no tag)') : from} → ${to}`;
}

/** Those that are picked; none where the list is left. What cannot be promoted does not stay picked. */
async function pick(
  choices: readonly Choice[],
  options: { readonly title: string; readonly placeholder: string },
): Promise<readonly PromotionItem[]> {
  const picker = vscode.window.createQuickPick<Choice>();
  Object.assign(picker, options, { canSelectMany: true, matchOnDescription: true, matchOnDetail: true });
  picker.items = choices;
  picker.selectedItems = choices.filter(({ picked }) => picked === true);
  picker.onDidChangeSelection((selected) => {
    const able = selected.filter(({ item }) => item !== undefined);
    if (able.length < selected.length) picker.selectedItems = able;
  });
  try {
    return await new Promise<readonly PromotionItem[]>((resolve) => {
      picker.onDidAccept(() => resolve(picker.selectedItems.flatMap(({ item }) => item ?? [])));
      picker.onDidHide(() => resolve([]));
      picker.show();
    });
  } finally {
    picker.dispose();
  }
}
