import { isKeyOf } from '../agent/match.ts';
import type { FileSource } from '../source/types.ts';
import type { Opening } from './opening.ts';

/**
 * The line (0-based) of an opening in its file as it is now: where the object or its container's image stands; where the
 * file does not tell, the line that the agent knows.
 */
export function lineIn(source: FileSource | undefined, opening: Extract<Opening, { kind: 'file' }>): number {
  const { object, container, line = 1 } = opening;
  const manifest =
    object === undefined
      ? undefined
      : (source?.manifests.find(({ key }) => key === object) ??
        source?.manifests.find(({ key }) => isKeyOf(object, key)));
  const image = manifest?.images.find((each) => each.container === container);
  return image?.range.startLine ?? manifest?.start.startLine ?? Math.max(0, line - 1);
}
