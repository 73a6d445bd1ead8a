import type { Tag } from '@weaveflux/shared';
import * as vscode from 'vscode';
import { judgePolicy, policyExamples } from '../../model/changes/policy-examples.ts';

/** What is known of a container whose policy is chosen. */
export interface PolicyQuestion {
  readonly title: string;
  /** The tag in the file. */
  readonly tag: string;
  /** As written now; absent where there is none. */
  readonly policy: string | undefined;
  readonly known: readonly Tag[];
  /** Expression of the tag filter beside it. */
  readonly filter: string | undefined;
  /** Whether the policy may also be removed. */
  readonly mayRemove: boolean;
}

interface Item extends vscode.QuickPickItem {
  /** Absent = it cannot be chosen. */
  readonly choice?: { readonly policy: string | undefined };
}

/** The policy that a person chooses or types, judged while they type; `undefined` = none. Escape ends the command. */
export function pickPolicy(question: PolicyQuestion): Promise<string | undefined> {
  const picker = vscode.window.createQuickPick<Item>();
  picker.title = question.title;
  picker.placeholder = vscode.l10n.t('Choose a policy, or type one, such as semver:~1.4 or glob:main-*');
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  const refresh = () => {
    picker.items = [...typedItem(question, picker.value.trim()), ...listed(question)];
  };
  refresh();
  picker.onDidChangeValue(refresh);
  return new Promise((resolve, reject) => {
    picker.onDidAccept(() => {
      const choice = picker.activeItems[0]?.choice;
      if (choice === undefined) return;
      resolve(choice.policy);
      picker.hide();
    });
    picker.onDidHide(() => {
      reject(new vscode.CancellationError());
      picker.dispose();
    });
    picker.show();
  });
}

function typedItem(question: PolicyQuestion, text: string): Item[] {
  if (text === '') return [];
  const verdict = judgePolicy(text, question.known, question.filter);
  if (verdict.kind === 'invalid') {
    return [{ label: `$(error) ${text}`, detail: verdict.message, alwaysShow: true }];
  }
  return [{ label: `$(edit) ${text}`, detail: meaningOf(question, text), alwaysShow: true, choice: { policy: text } }];
}

function listed(question: PolicyQuestion): Item[] {
  const { policy, tag, mayRemove } = question;
  const examples = policyExamples(tag).filter((example) => example.policy !== policy);
  const heading = tag === '' ? vscode.l10n.t('Examples') : vscode.l10n.t('Examples for {0}', tag);
  return [
    ...(policy === undefined ? [] : [itemOf(question, policy, `$(check) ${policy}`, vscode.l10n.t('as it is'))]),
    { label: heading, kind: vscode.QuickPickItemKind.Separator },
    ...examples.map((example) => itemOf(question, example.policy, example.policy, example.meaning)),
    ...(mayRemove && policy !== undefined ? removal() : []),
  ];
}

function removal(): Item[] {
  const label = vscode.l10n.t('$(trash) Remove the policy');
  return [
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { label, choice: { policy: undefined } },
  ];
}

function itemOf(question: PolicyQuestion, policy: string, label: string, description: string): Item {
  return { label, description, detail: meaningOf(question, policy), choice: { policy } };
}

/** What it means for the tags that are known. */
function meaningOf({ known, filter }: PolicyQuestion, policy: string): string {
  const verdict = judgePolicy(policy, known, filter);
  if (verdict.kind === 'invalid') return verdict.message;
  if (verdict.known === 0) return vscode.l10n.t('No tag is known yet.');
  const { matching, known: all, newest } = verdict;
  return newest === undefined
    ? vscode.l10n.t('None of {0} known tags fits.', all)
    : vscode.l10n.t('{0} of {1} known tags fit; the newest is {2}.', matching, all, newest);
}
