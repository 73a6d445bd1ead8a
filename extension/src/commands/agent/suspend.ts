import { parseDuration, type Suspension, WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../../agents/environments.ts';
import { askText, pickOne, withProgress } from '../../asking/ask.ts';
import { chooseEnvironment } from '../../asking/environment.ts';
import { sayInPassing } from '../../asking/toasts.ts';
import { nameOf } from '../../model/names.ts';
import { type Target, targetOf } from '../../model/target.ts';
import type { Services } from '../../services.ts';
import { subjectFor } from '../../subject/subject.ts';
import type { Command } from '../context.ts';
import { refuseDenied } from '../release/ask-agent.ts';

/** The longest reason that the agent takes. */
const LONGEST_REASON = 500;

/** `weaveflux.suspend`: leaves the environment, or one workload, alone for a while. */
export const suspendCommand: Command = async ({ services }, argument) => {
  const target = targetOf(argument);
  const title = vscode.l10n.t('Suspend');
  const environment = await chooseEnvironment(services, target, title);
  refuseDenied(environment);
  const object = await whatToSuspend(services, environment, target, title);
  const name = object === undefined ? environment.name : nameOf(object);
  const reason = await askText({
    title: vscode.l10n.t('Suspend {0}', name),
    prompt: vscode.l10n.t('Why? Everyone sees it.'),
    placeHolder: vscode.l10n.t('for example: repair by hand'),
    validateInput: wrongReason,
  });
  const duration = await askDuration(name);
  const suspension = await withProgress(vscode.l10n.t('Suspending {0}', name), async (signal) => {
    const [client, requestedBy] = await Promise.all([environment.client(), environment.requestedBy()]);
    const workload = object === undefined ? {} : { workload: object };
    return client.suspend({ requestedBy, reason, ...workload, ...(duration === '' ? {} : { for: duration }) }, signal);
  });
  const { until } = suspension;
  sayInPassing(
    until === undefined
      ? vscode.l10n.t('{0} is suspended until it is resumed.', name)
      : vscode.l10n.t('{0} is suspended until {1}.', name, new Date(until).toLocaleString(vscode.env.language)),
  );
};

/** `weaveflux.resume`: ends a suspension. */
export const resumeCommand: Command = async ({ services }, argument) => {
  const target = targetOf(argument);
  const environment = await chooseEnvironment(services, target, vscode.l10n.t('Resume'));
  refuseDenied(environment);
  const suspension = await whatToResume(environment, target);
  const name = suspension.object === undefined ? environment.name : nameOf(suspension.object);
  await withProgress(vscode.l10n.t('Resuming {0}', name), async (signal) => {
    const [client, requestedBy] = await Promise.all([environment.client(), environment.requestedBy()]);
    const workload = suspension.object === undefined ? {} : { workload: suspension.object };
    await client.resume({ requestedBy, ...workload }, signal);
  });
  sayInPassing(vscode.l10n.t('{0} is resumed.', name));
};

/** The workload's key; `undefined` = the whole environment. */
async function whatToSuspend(
  services: Services,
  environment: Environment,
  target: Target,
  title: string,
): Promise<string | undefined> {
  if (target.workload !== undefined) return target.workload;
  // A row of an environment means all of it.
  if (target.environment !== undefined) return undefined;
  const all = { label: environment.name, description: vscode.l10n.t('the whole environment'), all: true };
  const one = { label: vscode.l10n.t('A workload…'), description: '', all: false };
  const { all: isAll } = await pickOne([all, one], { title, placeHolder: vscode.l10n.t('What is left alone?') });
  if (isAll) return undefined;
  return (await subjectFor(services, { environment: environment.id }, { title, what: 'workload' })).key;
}

async function whatToResume(environment: Environment, target: Target): Promise<Suspension> {
  const suspensions = environment.state.status?.suspensions ?? [];
  const own = suspensions.find(({ object }) => object !== undefined && object === target.workload);
  const [first, ...others] = suspensions;
  if (own !== undefined) return own;
  if (first === undefined) {
    throw new WeavefluxError('NOT_FOUND', vscode.l10n.t('Nothing is suspended in {0}.', environment.name));
  }
  if (others.length === 0) return first;
  const items = suspensions.map((suspension) => ({
    label: suspension.object === undefined ? vscode.l10n.t('The whole environment') : nameOf(suspension.object),
    description: vscode.l10n.t('by {0}', suspension.by),
    detail: suspension.reason,
    suspension,
  }));
  const title = vscode.l10n.t('Resume');
  return (await pickOne(items, { title, placeHolder: vscode.l10n.t('Choose what to resume') })).suspension;
}

/** A Go duration; '' = until it is resumed. */
async function askDuration(name: string): Promise<string> {
  const items = [
    { label: vscode.l10n.t('30 minutes'), duration: '30m' },
    { label: vscode.l10n.t('1 hour'), duration: '1h' },
    { label: vscode.l10n.t('4 hours'), duration: '4h' },
    { label: vscode.l10n.t('1 day'), duration: '24h' },
    { label: vscode.l10n.t('Until it is resumed'), duration: '' },
    { label: vscode.l10n.t('Another time…'), duration: undefined },
  ];
  const title = vscode.l10n.t('Suspend {0}', name);
  const { duration } = await pickOne(items, { title, placeHolder: vscode.l10n.t('For how long?') });
  if (duration !== undefined) return duration;
  const prompt = vscode.l10n.t('For how long, such as 90m or 4h');
  return askText({ title, prompt, validateInput: wrongDuration });
}

function wrongReason(text: string): string | undefined {
  const { length } = text.trim();
  if (length === 0) return vscode.l10n.t('A reason is needed.');
  return length > LONGEST_REASON ? vscode.l10n.t('At most {0} characters.', LONGEST_REASON) : undefined;
}

function wrongDuration(text: string): string | undefined {
  try {
    return parseDuration(text.trim()) > 0 ? undefined : vscode.l10n.t('It must be more than zero.');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
