import { type Change, type ImageStatus, type Tag, WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../../agents/environments.ts';
import { pickSome, withProgress } from '../../asking/ask.ts';
import { environmentFor, noEnvironment, untilLooked } from '../../asking/environment.ts';
import { type Target, targetOf } from '../../model/target.ts';
import type { Services } from '../../services.ts';
import type { Command } from '../context.ts';
import { askAgent } from './ask-agent.ts';

type Approval = Extract<Change, { kind: 'approve' }>;

/** What a person approves, and whose agent commits it. */
interface Wanted {
  readonly environment: Environment;
  readonly change: Approval;
}

/**
 * `weaveflux.approve`: has the agent commit what waits for approval: of the images or workloads that are given, else what a
 * person picks. Each is asked for with the tag that was shown, so that nothing else is approved.
 */
export const approveCommand: Command = async (context, row, rows) => {
  const { services } = context;
  const given = (Array.isArray(rows) && rows.length > 0 ? rows : [row]).map(targetOf).filter(isWorkload);
  const wanted =
    given.length > 0
      ? given.flatMap((target) => approvalsFor(services, target))
      : await pickApprovals(services, targetOf(row));
  if (wanted.length === 0) throw nothingWaits();
  for (const [environment, own] of Map.groupBy(wanted, (one) => one.environment)) {
    const changes = own.map(({ change }) => change);
    await askAgent(context, { environment, changes, title: titleOf(changes) });
  }
};

/** What waits of a workload or one of its containers; what was shown of it is asked for also where it has changed since. */
function approvalsFor(services: Services, target: Target): Wanted[] {
  const environment = environmentFor(services, target);
  const { workload, container, tag } = target;
  if (environment === undefined || workload === undefined) throw new WeavefluxError('NOT_FOUND', noEnvironment());
  const waiting = environment.state.images
    .filter(isWaiting)
    .filter((image) => image.object === workload && (container === undefined || image.container === container));
  if (container === undefined || tag === undefined) return waiting.map((image) => wantedOf(environment, image));
  const same = waiting.find(({ chosen }) => chosen?.tag === tag);
  return [
    same === undefined
      ? { environment, change: { kind: 'approve', workload, container, tag } }
      : wantedOf(environment, same),
  ];
}

interface Item extends vscode.QuickPickItem {
  readonly wanted?: Wanted;
}

async function pickApprovals({ environments }: Services, { environment }: Target): Promise<Wanted[]> {
  const only = environment === undefined ? undefined : environments.byId(environment);
  const all = only === undefined ? environments.all : [only];
  if (all.length === 0) throw new WeavefluxError('NOT_FOUND', noEnvironment());
  await withProgress(vscode.l10n.t('Looking for what waits for approval'), (signal) =>
    Promise.all(all.map((each) => untilLooked(each, signal))),
  );
  // Who asks for those of one environment has seen them all.
  const items = all.flatMap((each) => withHeading(each, all.length > 1, only !== undefined));
  if (items.length === 0) throw nothingWaits();
  const title = vscode.l10n.t('Approve Releases');
  const placeHolder = vscode.l10n.t('Choose what the agent commits');
  return (await pickSome(items, { title, placeHolder })).flatMap(({ wanted }) => wanted ?? []);
}

function withHeading(environment: Environment, several: boolean, picked: boolean): Item[] {
  const items = environment.state.images.filter(isWaiting).map((image): Item => {
    const { name, container, tag, chosen, reason } = image;
    const description = `${container} · ${tag} → ${chosen.tag}`;
    return { label: name, description, detail: reason, picked, wanted: wantedOf(environment, image) };
  });
  if (!several || items.length === 0) return items;
  return [{ label: environment.name, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

type Waiting = ImageStatus & { readonly chosen: Tag };

function isWaiting(image: ImageStatus): image is Waiting {
  return image.state === 'needs-approval' && image.chosen !== undefined;
}

function wantedOf(environment: Environment, { object, container, chosen: { tag, digest } }: Waiting): Wanted {
  const seen = digest === undefined ? { tag } : { tag, digest };
  return { environment, change: { kind: 'approve', workload: object, container, ...seen } };
}

function isWorkload({ workload }: Target): boolean {
  return workload !== undefined;
}

function titleOf(changes: readonly Approval[]): string {
  const [first] = changes;
  return first === undefined || changes.length > 1
    ? vscode.l10n.t('Approving {0} releases', changes.length)
    : vscode.l10n.t('Approving {0}', first.tag);
}

function nothingWaits(): WeavefluxError {
  return new WeavefluxError('NOT_FOUND', vscode.l10n.t('Nothing waits for approval.'));
}
