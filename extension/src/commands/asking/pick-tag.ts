import { isTag, type Tag } from '@weaveflux/shared';
import * as vscode from 'vscode';
import { ageOf } from '../../model/changes/age.ts';
import { inPlace, shortDigest, type TagChoice, takenTag } from '../../model/changes/tag-choices.ts';

/** A list of tags to choose from. */
export interface TagList {
  readonly title: string;
  /** Tags as they are known now, with what was described; asked again after `onDidChange`. */
  readonly choices: (described: readonly Tag[]) => readonly TagChoice[];
  /** Reads what is not known of the tags yet; absent where nobody can tell. The list is there meanwhile. */
  readonly describe: (() => Promise<readonly Tag[]>) | undefined;
  readonly onDidChange: vscode.Event<unknown> | undefined;
  /** The policy as written; absent where there is none. */
  readonly policy: string | undefined;
  /** The tag on which the list begins. */
  readonly proposed: string | undefined;
}

interface Item extends vscode.QuickPickItem {
  readonly tag?: Tag;
}

/** The tag that a person chooses or types. Escape ends the command. */
export function pickTag(list: TagList): Promise<Tag> {
  const picker = vscode.window.createQuickPick<Item>();
  picker.title = list.title;
  picker.placeholder = vscode.l10n.t('Choose a tag, or type one');
  picker.matchOnDescription = true;
  let described: readonly Tag[] = [];
  /** The tags in the list, from the top. */
  let shown: readonly string[] = [];
  /** Whether a person has typed or gone to another row: what is read later moves no row then. */
  let isUsed = false;
  const choicesNow = () => {
    const choices = list.choices(described);
    return isUsed ? inPlace(choices, shown) : choices;
  };
  const refresh = () => {
    const choices = choicesNow();
    shown = choices.map(({ tag }) => tag);
    // What is typed comes last: VS Code tells by its number which item is current, and Enter may overtake a new list.
    picker.items = [...itemsOf(choices, list.policy), ...typedItem(picker.value.trim(), choices)];
  };
  refresh();
  const wanted = list.proposed ?? choicesNow().find(({ isChosen }) => isChosen)?.tag;
  picker.activeItems = picker.items.filter(({ tag }) => tag !== undefined && tag.tag === wanted).slice(0, 1);
  const start = picker.activeItems[0]?.tag?.tag ?? shown[0];
  const subscriptions = [
    picker.onDidChangeActive(([item]) => {
      isUsed ||= item?.tag !== undefined && item.tag.tag !== start;
    }),
    picker.onDidChangeValue(() => {
      isUsed = true;
      refresh();
    }),
    list.onDidChange?.(refresh),
  ];
  picker.busy = list.describe !== undefined;
  list.describe?.().then(
    (tags) => {
      described = tags;
      picker.busy = false;
      keepActive(picker, refresh);
    },
    () => {
      // The tags can be chosen without it, and why the registry does not answer stands at the image.
      picker.busy = false;
    },
  );
  return new Promise<Tag>((resolve, reject) => {
    picker.onDidAccept(() => {
      const tag = takenTag(picker.activeItems[0]?.tag, picker.value.trim(), choicesNow());
      if (tag === undefined) return;
      resolve(tag);
      picker.hide();
    });
    picker.onDidHide(() => {
      reject(new vscode.CancellationError());
      for (const subscription of subscriptions) subscription?.dispose();
      picker.dispose();
    });
    picker.show();
  });
}

/** Fills a list again; what a person stands on stays current. */
function keepActive(picker: vscode.QuickPick<Item>, refresh: () => void): void {
  const active = picker.activeItems[0]?.tag?.tag;
  refresh();
  picker.activeItems = picker.items.filter(({ tag }) => tag !== undefined && tag.tag === active).slice(0, 1);
}

/** What is typed as a choice of its own, unless it is in the list. */
function typedItem(value: string, choices: readonly TagChoice[]): Item[] {
  if (value === '' || choices.some(({ tag }) => tag === value)) return [];
  if (isTag(value)) {
    return [
      { label: `$(edit) ${value}`, description: vscode.l10n.t('as typed'), alwaysShow: true, tag: { tag: value } },
    ];
  }
  const why = vscode.l10n.t('no tag: up to 128 letters, digits, "_", "." and "-"');
  const isSearch = choices.some(({ tag }) => tag.includes(value));
  return isSearch ? [] : [{ label: `$(error) ${value}`, description: why, alwaysShow: true }];
}

function itemsOf(choices: readonly TagChoice[], policy: string | undefined): Item[] {
  const fitting = choices.filter(({ fits }) => fits);
  const others = choices.filter(({ fits }) => !fits);
  const heading = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    ...(policy === undefined || fitting.length === 0 ? [] : [heading(vscode.l10n.t('Fits {0}', policy))]),
    ...fitting.map((choice) => itemOf(choice, policy)),
    ...(others.length === 0 ? [] : [heading(vscode.l10n.t('Others'))]),
    ...others.map((choice) => itemOf(choice, policy)),
  ];
}

function itemOf(choice: TagChoice, policy: string | undefined): Item {
  const { tag, created, pushed, digest } = choice;
  const icon = choice.isHeld ? '$(circle-slash) ' : choice.isChosen ? '$(check) ' : choice.isCurrent ? '$(pass) ' : '';
  const reason = policy === undefined ? vscode.l10n.t('newest') : vscode.l10n.t('the policy chooses it');
  const words = [
    choice.isCurrent ? vscode.l10n.t('in the file') : '',
    choice.isChosen && !choice.isCurrent ? reason : '',
    choice.isHeld ? vscode.l10n.t('held after a revert') : '',
    ageOf(created ?? pushed, new Date(), vscode.env.language),
    digest === undefined ? '' : shortDigest(digest),
  ];
  return { label: `${icon}${tag}`, description: words.filter((word) => word !== '').join(' · '), tag: choice };
}
