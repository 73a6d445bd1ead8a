import type { ImageStatus, Tag } from '@weaveflux/shared';
import { knownTags } from '../changes/known-tags.ts';
import type { ImageSource, ManifestSource } from '../source/types.ts';
import { imagesOf } from './match.ts';
import type { AgentState } from './state.ts';

type Images = Pick<AgentState, 'images'>;

/** What the agent says of an image of a file, where the file still names the same image repository. */
export function statusOf(
  state: Images,
  path: string,
  manifest: Pick<ManifestSource, 'key'>,
  { container, image }: Pick<ImageSource, 'container' | 'image'>,
): ImageStatus | undefined {
  const status = imagesOf(state, path, manifest).get(container);
  return status?.repository === image?.canonicalName ? status : undefined;
}

/** All that is known of the tags of an image repository (canonical name), from every image that has it, each tag once. */
export function repositoryTags({ images }: Images, repository: string): readonly Tag[] {
  const tags = new Map<string, Tag>();
  for (const status of images.filter((image) => image.repository === repository)) {
    for (const tag of knownTags(status)) tags.set(tag.tag, { ...tag, ...tags.get(tag.tag) });
  }
  return [...tags.values()];
}
