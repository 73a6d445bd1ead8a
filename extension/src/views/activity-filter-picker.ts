import * as vscode from 'vscode';
import { type ActivityFilter, CATEGORIES, type Category, categoryName } from '../model/views/activity-filter.ts';

type Choice = vscode.QuickPickItem & { readonly category: Category | undefined };

/** Asks which events to show; `undefined` = as before. */
export function pickActivityFilter(before: ActivityFilter): Promise<ActivityFilter | undefined> {
  const picker = vscode.window.createQuickPick<Choice>();
  const warnings: Choice = {
    label: vscode.l10n.t('Only warnings and errors'),
    category: undefined,
    alwaysShow: true,
  };
  // What is typed is searched in the messages; it does not narrow this list.
  const categories = CATEGORIES.map((category): Choice => {
    const [label, description] = categoryName(category);
    return { label, description, category, alwaysShow: true };
  });
  picker.title = vscode.l10n.t('Filter Activity');
  picker.placeholder = vscode.l10n.t('Words to search for; tick what to show, nothing ticked shows all');
  picker.canSelectMany = true;
  picker.items = [warnings, ...categories];
  picker.selectedItems = [
    ...(before.onlyWarnings ? [warnings] : []),
    ...categories.filter(({ category }) => category !== undefined && before.categories.has(category)),
  ];
  picker.value = before.text;
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      const chosen = picker.selectedItems;
      resolve({
        categories: new Set(chosen.flatMap(({ category }) => category ?? [])),
        text: picker.value.trim(),
        onlyWarnings: chosen.includes(warnings),
      });
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}
