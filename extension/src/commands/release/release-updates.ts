import { type ImageStatus, type Tag, WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../../agents/environments.ts';
import { pickSome, withProgress } from '../../asking/ask.ts';
import { noEnvironment, untilLooked } from '../../asking/environment.ts';
import { releasableTag } from '../../model/changes/known-tags.ts';
import { type Target, targetOf } from '../../model/target.ts';
import type { Services } from '../../services.ts';
import { containerFor } from '../../subject/subject.ts';
import type { Command } from '../context.ts';
import { type Release, release } from './release-by-mode.ts';

/** `weaveflux.releaseUpdates`: several newer images together: the rows that are given, else those that a person picks. */
export const releaseUpdatesCommand: Command = async (context, row, rows) => {
  const { services } = context;
  const given = (Array.isArray(rows) && rows.length > 0 ? rows : [row]).map(targetOf).filter(isImage);
  const updates = given.length > 0 ? given : await pickUpdates(services, targetOf(row));
  const releases: Release[] = [];
  for (const target of updates) {
    const subject = await containerFor(services, target, vscode.l10n.t('Release Updates'));
    const status = subject.images.get(subject.container);
    const tag = status === undefined ? undefined : wantedTag(status, target.tag);
    if (tag !== undefined) releases.push({ subject, tag, ...(status?.pin === undefined ? {} : { pin: 'pass' }) });
  }
  if (releases.length === 0) throw new WeavefluxError('NOT_FOUND', nothingNewer());
  await release(context, releases);
};

/** What was chosen in a row, which may be older than what is known now; a held tag is released on its own only. */
function wantedTag(status: ImageStatus, wanted: string | undefined): Tag | undefined {
  const chosen = releasableTag(status);
  if (wanted === undefined || wanted === chosen?.tag) return chosen;
  return status.held.includes(wanted) || wanted === status.tag ? undefined : { tag: wanted };
}

interface Item extends vscode.QuickPickItem {
  readonly target?: Target;
}

async function pickUpdates({ environments }: Services, { environment }: Target): Promise<readonly Target[]> {
  const only = environment === undefined ? undefined : environments.byId(environment);
  const wanted = only === undefined ? environments.all : [only];
  if (wanted.length === 0) throw new WeavefluxError('NOT_FOUND', noEnvironment());
  await withProgress(vscode.l10n.t('Looking for updates'), (signal) =>
    Promise.all(wanted.map((each) => untilLooked(each, signal))),
  );
  const items = wanted.flatMap((each) => withHeading(each, wanted.length > 1));
  if (items.length === 0) throw new WeavefluxError('NOT_FOUND', nothingNewer());
  const title = vscode.l10n.t('Release Updates');
  const placeHolder = vscode.l10n.t('Choose what to release together');
  return (await pickSome(items, { title, placeHolder })).flatMap(({ target }) => target ?? []);
}

function withHeading(environment: Environment, several: boolean): Item[] {
  const items = environment.state.images.flatMap((image) => itemOf(environment, image) ?? []);
  if (!several || items.length === 0) return items;
  return [{ label: environment.name, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

function itemOf({ id }: Environment, image: ImageStatus): Item | undefined {
  const tag = releasableTag(image);
  if (tag === undefined) return undefined;
  const { object, name, container, file, line, state, pin, reason } = image;
  const pinned = pin === undefined ? '' : vscode.l10n.t('stays pinned');
  return {
    label: name,
    description: [container, `${image.tag} → ${tag.tag}`, pinned].filter((word) => word !== '').join(' · '),
    detail: reason,
    picked: state === 'update',
    target: { environment: id, workload: object, container, tag: tag.tag, file, line },
  };
}

function isImage({ workload, container }: Target): boolean {
  return workload !== undefined && container !== undefined;
}

function nothingNewer(): string {
  return vscode.l10n.t('Nothing newer is known that could be released.');
}
