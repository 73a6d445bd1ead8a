import type { Problem } from '@weaveflux/shared';
import type { Credential } from '../credentials.ts';
import type { Place } from '../place.ts';
import type { TagList } from '../tag-list.ts';

/** The registries of one cloud, which know the environment's own identity. */
export interface Cloud {
  /** Whether the registry of this image repository is the cloud's. */
  covers(place: Place): boolean;
  /** Why it is not asked although it is the cloud's; absent, or `undefined` = it is. */
  refuses?(place: Place): Problem | undefined;
  /**
   * The login of the environment's identity; kept until shortly before it ends. `undefined` where there is no identity and the
   * cloud has images for everybody. Errors: REGISTRY_AUTH and the other codes of registries.
   */
  login(place: Place, signal: AbortSignal): Promise<Credential | undefined>;
  /** The tags by an API of the cloud that tells more than the registry's list; absent, or `undefined` = list them as at any registry. */
  list?(place: Place, signal: AbortSignal): Promise<TagList | undefined>;
  close?(): void;
}
