import { type Change, type ErrorCode, type Tag, WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import { unpinOf } from '../../model/changes/wishes.ts';
import type { ContainerSubject } from '../../subject/subject.ts';
import type { CommandContext } from '../context.ts';
import type { Wish } from '../editing/edit.ts';
import { editAndOffer } from '../editing/edit-and-offer.ts';
import { askAgent } from './ask-agent.ts';

/** A tag that a person wants in a container. */
export interface Release {
  readonly subject: ContainerSubject;
  readonly tag: Tag;
  /** `pass`: the container stays pinned, at the new tag. `end`: it is pinned no longer. */
  readonly pin?: 'pass' | 'end';
  /** Whether it goes back: the tag left is held then. */
  readonly back?: boolean;
}

/** Where the agent does not commit for this person, a commit of their own may still be the way. */
const ASK_FOR_EDIT: ReadonlySet<ErrorCode> = new Set(['FORBIDDEN', 'UNAUTHORIZED', 'API_UNREACHABLE', 'READ_ONLY']);

/** Releases as the setting says: by editing the files and offering a commit, or by the agent; all of them together. */
export async function release(context: CommandContext, releases: readonly Release[]): Promise<void> {
  if (context.services.settings.read().releaseMode === 'edit') return releaseByEdit(context, releases);
  try {
    await releaseByAgent(context, releases);
  } catch (error) {
    if (!(error instanceof WeavefluxError) || !ASK_FOR_EDIT.has(error.code)) throw error;
    offerEdit(context, releases, error.message);
  }
}

/** Files of one repository are one step to undo, and one commit. */
async function releaseByEdit(context: CommandContext, releases: readonly Release[]): Promise<void> {
  for (const [environment, own] of Map.groupBy(releases, ({ subject }) => subject.environment)) {
    await editAndOffer(context, { environment, wishes: own.map(wishOf) });
  }
}

function wishOf(wanted: Release): Wish {
  const { subject, tag, pin } = wanted;
  const changes: Wish['changes'] = (workload) => {
    const unpin = pin === 'end' ? unpinOf(workload, subject.container) : undefined;
    return [...(unpin === undefined ? [] : [unpin]), changeOf(wanted)];
  };
  return { subject, changes, tags: new Map([[subject.container, tag]]) };
}

async function releaseByAgent(context: CommandContext, releases: readonly Release[]): Promise<void> {
  for (const [environment, own] of Map.groupBy(releases, ({ subject }) => subject.environment)) {
    if (environment === undefined) {
      const message = vscode.l10n.t(
        'No agent keeps this file; set weaveflux.release.mode to "edit" to release without one.',
      );
      throw new WeavefluxError('NOT_FOUND', message);
    }
    const changes = own.flatMap((wanted): Change[] => [...unpinning(wanted), changeOf(wanted)]);
    await askAgent(context, { environment, changes, title: titleOf(own) });
  }
}

function offerEdit(context: CommandContext, releases: readonly Release[], reason: string): void {
  const { toasts, inBackground } = context;
  const edit = vscode.l10n.t('Edit the File Instead');
  inBackground(async () => {
    if ((await toasts.warn(reason, edit)) === edit) await releaseByEdit(context, releases);
  });
}

function changeOf({ subject, tag: { tag }, pin, back = false }: Release): Change {
  const place = { workload: subject.key, container: subject.container };
  if (back && pin !== 'pass') return { kind: 'rollback', ...place, to: tag };
  return { kind: 'release', ...place, tag, ...(pin === 'pass' ? { force: true } : {}) };
}

/** The agent knows by itself whether a pin holds the container or its workload; the file may be behind. */
function unpinning({ subject, pin }: Release): Change[] {
  if (pin !== 'end') return [];
  const unpin = subject.workload && unpinOf(subject.workload, subject.container);
  return [{ ...(unpin ?? { kind: 'unpin' as const }), workload: subject.key }];
}

function titleOf(releases: readonly Release[]): string {
  const [first] = releases;
  if (first === undefined || releases.length > 1) return vscode.l10n.t('Releasing {0} images', releases.length);
  return vscode.l10n.t('Releasing {0} {1}', first.subject.name, first.tag.tag);
}
