import * as l10n from '@vscode/l10n';

/** Characters; a file beyond that is not read, since nobody edits it by hand. */
const MAX_LENGTH = 1024 * 1024;

/** What stands in a text for bytes that the encoding which it was read with does not know. */
const REPLACEMENT = '\uFFFD';

/** Why a file is not read at all, one sentence; `undefined` where it is. */
export function tooLarge(path: string, text: string): string | undefined {
  if (text.length <= MAX_LENGTH) return undefined;
  return l10n.t(
    '{0} is larger than 1 MB, so Weaveflux neither shows nor edits anything in it; split it into several files.',
    path,
  );
}

/** Why a text must not be edited, one sentence, though it can be read: saving it would write other bytes than it had. */
export function lossy(path: string, text: string): string | undefined {
  if (!text.includes(REPLACEMENT)) return undefined;
  return l10n.t('{0} is no UTF-8 text, so nothing is edited; reopen it with its encoding, and save it as UTF-8.', path);
}
