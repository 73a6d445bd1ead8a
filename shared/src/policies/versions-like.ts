import { parsePolicy } from './parse.ts';
import type { Policy } from './types.ts';

/** A version of two or three parts, and a suffix without numbers: `v1.4.2`, `1.27-alpine`. */
const SHAPE = /^(v?)(\d+(?:\.\d+){1,2})((?:-[a-z]+)*)$/i;

/**
 * Orders the tags like one, where nobody wrote a policy: versions of as many parts with the same prefix and suffix, so that
 * `1.27-alpine` is compared with `1.28-alpine` and with nothing else. `undefined` = the tag is no such version, and only
 * created times can tell what is newer.
 */
export function versionsLike(tag: string): Policy | undefined {
  const [, prefix, version = '', suffix] = SHAPE.exec(tag) ?? [];
  if (prefix === undefined || suffix === undefined) return undefined;
  const parts = version.split('.').length;
  const see = (other: string): string | undefined => {
    const found = SHAPE.exec(other);
    const isAlike = found?.[1] === prefix && found[3] === suffix && found[2]?.split('.').length === parts;
    return isAlike ? found[2] : undefined;
  };
  const { policy } = parsePolicy('semver:*', { see });
  return policy && { ...policy, refusal: (other) => (policy.admits(other) ? undefined : `is no version like ${tag}`) };
}
