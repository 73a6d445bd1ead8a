import { manifestsOf, type PlannedObject, parseFile, WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import { type Subject, subjectKey } from '../model/diff/address.ts';
import type { Sides } from '../model/diff/document.ts';
import { findManifest } from '../model/diff/find-manifest.ts';
import { type AtHand, type Plan, planSides, planSummary } from '../model/diff/plan-entries.ts';
import { isCut } from '../model/diff/uncut.ts';
import { shortRevision } from '../model/names.ts';
import type { Services } from '../services.ts';
import { openEnvironment } from './environment.ts';
import { planRevision, planWorkingCopy } from './planning.ts';

/** What is planned: a commit by the name that a person chose it by; without one, the working copy. */
export interface PlanQuestion {
  readonly revision?: string;
  readonly name?: string;
}

/** The plans that somebody looks at. */
export interface Plans {
  /** Plans anew. Errors: a sentence to show. */
  make(environment: Environment, question: PlanQuestion, signal: AbortSignal): Promise<Plan>;
  /** What a plan says of a subject; it is made again where it is not known, as after a reload of the window. */
  sides(subject: PlanSubject): Promise<Sides>;
  /** Nobody looks at the subject any more; with the last one its plan is forgotten. */
  forget(subject: Subject): void;
}

type PlanSubject = Extract<Subject, { kind: 'plan' | 'summary' }>;

interface Kept {
  readonly plan: Promise<Plan>;
  /** The subjects that are looked at. */
  readonly users: Set<string>;
}

/** Plans that are kept while somebody looks at them. */
export function createPlans(services: Services): Plans {
  const kept = new Map<string, Kept>();

  function keep(environment: Environment, question: PlanQuestion, signal: AbortSignal): Kept {
    const key = keyOf(environment.id, question.revision);
    const users = kept.get(key)?.users ?? new Set();
    const entry: Kept = { plan: makePlan(environment, question, signal), users };
    kept.set(key, entry);
    entry.plan.catch(() => {
      // Whoever asked hears of it; the next one tries again.
      if (kept.get(key) === entry) kept.delete(key);
    });
    return entry;
  }

  return {
    make: (environment, question, signal) => keep(environment, question, signal).plan,
    async sides(subject) {
      const environment = openEnvironment(services, subject.environment);
      const { revision } = subject;
      const question = revision === undefined ? {} : { revision };
      const { plan, users } =
        kept.get(keyOf(environment.id, revision)) ?? keep(environment, question, new AbortController().signal);
      users.add(subjectKey(subject));
      return sidesIn(environment, await plan, subject);
    },
    forget(subject) {
      if (subject.kind !== 'plan' && subject.kind !== 'summary') return;
      const key = keyOf(subject.environment, subject.revision);
      const entry = kept.get(key);
      if (entry?.users.delete(subjectKey(subject)) && entry.users.size === 0) kept.delete(key);
    },
  };
}

async function makePlan(
  environment: Environment,
  { revision, name }: PlanQuestion,
  signal: AbortSignal,
): Promise<Plan> {
  const about = { environment: environment.name };
  if (revision === undefined)
    return {
      ...about,
      subject: vscode.l10n.t('the working copy'),
      response: await planWorkingCopy(environment, signal),
    };
  const subject = name ?? vscode.l10n.t('commit {0}', shortRevision(revision));
  return { ...about, subject, response: await planRevision(environment, revision, signal) };
}

async function sidesIn(environment: Environment, plan: Plan, subject: PlanSubject): Promise<Sides> {
  if (subject.kind === 'summary') {
    const text = planSummary(plan);
    return { left: text, right: text };
  }
  const object = plan.response.objects.find(({ key }) => key === subject.object);
  const sides = object && planSides(object, await atHand(environment, object, subject.revision));
  if (sides !== undefined) return sides;
  throw new WeavefluxError('NOT_FOUND', vscode.l10n.t('The plan no longer changes {0}.', subject.object));
}

/** What the plan itself does not hold, read when it is shown. */
async function atHand(environment: Environment, object: PlannedObject, revision: string | undefined): Promise<AtHand> {
  const needsWhole = object.differences.some(isCut);
  if (object.action !== 'created' && !needsWhole) return {};
  const [manifest, live] = await Promise.all([
    manifestOf(environment, object, revision),
    needsWhole ? liveOf(environment, object.key) : undefined,
  ]);
  return { manifest, live };
}

async function manifestOf({ repository }: Environment, { file, key }: PlannedObject, revision: string | undefined) {
  if (file === undefined) return undefined;
  try {
    const text =
      revision === undefined
        ? (await vscode.workspace.openTextDocument(repository.uriOf(file))).getText()
        : await repository.show(file, revision);
    return findManifest(manifestsOf(parseFile(file, text)).manifests, key);
  } catch {
    // Without it the plan shows less, and what it shows is right.
    return undefined;
  }
}

async function liveOf(environment: Environment, key: string): Promise<unknown> {
  try {
    return (await (await environment.client()).object(key)).live;
  } catch {
    // As above.
    return undefined;
  }
}

function keyOf(environment: string, revision: string | undefined): string {
  return JSON.stringify([environment, revision]);
}
