import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import type { NamedRevision } from '../agents/git.ts';
import { askText, pickOne, withProgress } from '../asking/ask.ts';
import { chooseEnvironment } from '../asking/environment.ts';
import type { Subject } from '../model/diff/address.ts';
import { needsSummary, shownObjects } from '../model/diff/plan-entries.ts';
import { shortRevision } from '../model/names.ts';
import { targetOf } from '../model/target.ts';
import type { DiffCommand, DiffContext } from './context.ts';
import { type Change, openChanges, openText } from './open.ts';
import type { PlanQuestion } from './plans.ts';

/** Shows what the working copy, with what is not saved yet, would change in its environment. */
export const showPlanOfWorkingCopy: DiffCommand = async (context, argument) => {
  const title = vscode.l10n.t('Show What the Working Copy Would Change');
  const environment = await chooseEnvironment(context.services, targetOf(argument), title);
  await showPlan(context, environment, {}, vscode.l10n.t('the working copy'));
};

/** Shows what a branch, tag or commit would change. */
export const showPlanOfRevision: DiffCommand = async (context, argument) => {
  const title = vscode.l10n.t('Show What a Commit or Branch Would Change');
  const target = targetOf(argument);
  const environment = await chooseEnvironment(context.services, target, title);
  const question =
    target.revision === undefined ? await pickRevision(environment, title) : { revision: target.revision };
  await showPlan(context, environment, question, question.name ?? shortRevision(question.revision));
};

async function showPlan(
  { documents, plans }: DiffContext,
  environment: Environment,
  question: PlanQuestion,
  what: string,
): Promise<void> {
  const planning = vscode.l10n.t('Planning what {0} would change in {1}', what, environment.name);
  const plan = await withProgress(planning, (signal) => plans.make(environment, question, signal));
  const about = { environment: environment.id, revision: question.revision };
  for (const subject of documents.subjects()) if (isOf(subject, about)) documents.refresh(subject);
  const summary = documents.uri({ kind: 'summary', ...about }, 'right');
  const changes = shownObjects(plan.response).map(({ key, action }): Change => {
    const subject: Subject = { kind: 'plan', ...about, object: key };
    const [left, right] = [documents.uri(subject, 'left'), documents.uri(subject, 'right')];
    if (action === 'created') return [right, undefined, right];
    return action === 'deleted' ? [left, left, undefined] : [right, left, right];
  });
  if (changes.length === 0) return openText(summary);
  const told: readonly Change[] = needsSummary(plan) ? [[summary, undefined, summary]] : [];
  await openChanges([...told, ...changes], vscode.l10n.t('{0} → {1}', what, environment.name));
}

function isOf(subject: Subject, { environment, revision }: { environment: string; revision: string | undefined }) {
  const isPlan = subject.kind === 'plan' || subject.kind === 'summary';
  return isPlan && subject.environment === environment && subject.revision === revision;
}

interface RevisionItem extends vscode.QuickPickItem {
  /** Absent = a person types it. */
  readonly question?: PlanQuestion & { readonly revision: string };
}

async function pickRevision(
  { repository }: Environment,
  title: string,
): Promise<PlanQuestion & { readonly revision: string }> {
  const all = repository.revisions();
  const type: RevisionItem = { label: `$(pencil) ${vscode.l10n.t('Type a commit, branch or tag…')}`, alwaysShow: true };
  const items = all.then((revisions) => [
    type,
    ...group(revisions, 'branch', vscode.l10n.t('Branches'), '$(git-branch)'),
    ...group(revisions, 'tag', vscode.l10n.t('Tags'), '$(tag)'),
    ...group(revisions, 'commit', vscode.l10n.t('Commits'), '$(git-commit)'),
  ]);
  const placeHolder = vscode.l10n.t('Choose what to plan; nothing is changed by it');
  const { question } = await pickOne(items, { title, placeHolder });
  if (question !== undefined) return question;
  const revision = await askText({ title, prompt: vscode.l10n.t('A commit, branch or tag'), ignoreFocusOut: true });
  if (revision === '') throw new vscode.CancellationError();
  return { revision, name: revision };
}

function group(
  revisions: readonly NamedRevision[],
  kind: NamedRevision['kind'],
  heading: string,
  icon: string,
): RevisionItem[] {
  const items = revisions
    .filter((one) => one.kind === kind)
    .map(({ name, revision }): RevisionItem => {
      const short = shortRevision(revision);
      const question = { revision, name: kind === 'commit' ? short : name };
      return { label: `${icon} ${name}`, description: short, question };
    });
  return items.length === 0 ? [] : [{ label: heading, kind: vscode.QuickPickItemKind.Separator }, ...items];
}
