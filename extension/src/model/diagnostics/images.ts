import * as l10n from '@vscode/l10n';
import type { ImageSource, ManifestSource } from '../source/types.ts';
import type { Finding } from './finding.ts';

/**
 * Images whose version nobody can tell from the file. Of fields that markers stand beside, the ImagePolicy knows; where
 * the repository is rendered first, so does what renders it.
 */
export function imageFindings(manifest: ManifestSource): Finding[] {
  return manifest.images.flatMap((source) => {
    const found = source.marked === true ? undefined : lacking(source);
    return found === undefined
      ? []
      : [{ ...found, range: source.range, subject: { kind: 'image', manifest, image: source } as const }];
  });
}

function lacking({ image, text }: ImageSource): Pick<Finding, 'code' | 'severity' | 'message'> | undefined {
  if (image === undefined || image.digest !== undefined) return undefined;
  if (image.tag === undefined) {
    const message = l10n.t('{0} has no tag, so whatever is latest runs; add the tag that is meant.', text);
    return { code: 'NO_TAG', severity: 'warning', message };
  }
  if (image.tag.toLowerCase() !== 'latest') return undefined;
  const message = l10n.t(
    '{0} may be another image each time it is pulled; a tag that names a version says what runs.',
    text,
  );
  return { code: 'MUTABLE_TAG', severity: 'information', message };
}
