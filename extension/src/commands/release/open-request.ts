import { WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import { environmentFor } from '../../asking/environment.ts';
import { webAddress } from '../../model/markdown.ts';
import { targetOf } from '../../model/target.ts';
import type { Command } from '../context.ts';

/** `weaveflux.openRequest`: opens the pull or merge request by which an image waits to be merged. */
export const openRequestCommand: Command = async ({ services }, argument) => {
  const target = targetOf(argument);
  const { workload, container } = target;
  const image = environmentFor(services, target)?.state.images.find(
    (each) => each.object === workload && each.container === container,
  );
  const url = webAddress(image?.proposed?.url);
  if (url === undefined)
    throw new WeavefluxError('NOT_FOUND', vscode.l10n.t('No pull request of this image is open any more.'));
  await vscode.env.openExternal(vscode.Uri.parse(url, true));
};
