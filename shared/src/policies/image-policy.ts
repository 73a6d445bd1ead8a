import { isObject, objectAt, stringAt } from '../json.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { compileExtract, type Extract } from './extract.ts';
import { parsePolicy } from './parse.ts';
import { invalidPolicy, type PolicyResult } from './result.ts';
import type { Policy } from './types.ts';

const GROUP = 'image.toolkit.fluxcd.io';

/** Whether a manifest is Flux v2's `ImagePolicy`. */
export function isImagePolicy({ id }: Manifest): boolean {
  return id.group === GROUP && id.kind === 'ImagePolicy';
}

/** Whether a manifest is Flux v2's `ImageRepository`. */
export function isImageRepository({ id }: Manifest): boolean {
  return id.group === GROUP && id.kind === 'ImageRepository';
}

/** Whether markers are understood by a manifest: by the policy that it states, or by the repository that this is about. */
export function isMarkerSource(manifest: Manifest): boolean {
  return isImagePolicy(manifest) || isImageRepository(manifest);
}

/** The policy that an `ImagePolicy` states: by version, alphabet or number, over what its tag filter extracts. */
export function policyOfImagePolicy(manifest: Manifest): PolicyResult {
  const policy = objectAt(manifest.value, ['spec', 'policy']);
  const kinds = ['semver', 'alphabetical', 'numerical'].filter((kind) => isObject(policy[kind]));
  const [kind] = kinds;
  const name = `ImagePolicy ${manifest.id.name}`;
  if (kind === undefined || kinds.length > 1)
    return invalidPolicy(name, 'must have one of semver, alphabetical and numerical');
  const see = tagFilterOf(manifest);
  if ('error' in see) return invalidPolicy(name, `has a tag filter that is no RE2 expression (${see.error})`);
  if (kind === 'semver') {
    const range = stringAt(policy, ['semver', 'range']) ?? '';
    return parsePolicy(`semver:${range}`, { see, prereleases: 'group' });
  }
  const order = stringAt(policy, [kind, 'order']) ?? 'asc';
  if (order !== 'asc' && order !== 'desc') return invalidPolicy(name, `has the order "${order}"; it takes asc or desc`);
  const { policy: ascending, invalid } = parsePolicy(`${kind}:`, { see });
  if (invalid !== undefined) return { invalid };
  return { policy: order === 'asc' ? ascending : reversed(ascending) };
}

function tagFilterOf(manifest: Manifest): Extract | { readonly error: string } {
  const filter = objectAt(manifest.value, ['spec', 'filterTags']);
  const pattern = stringAt(filter, ['pattern']);
  return pattern === undefined ? (tag) => tag : compileExtract(pattern, stringAt(filter, ['extract']));
}

/** The policy by which the smallest is the newest. */
function reversed(policy: Policy): Policy {
  return {
    ...policy,
    text: `${policy.text} desc`,
    compare: (a, b) => policy.compare(b, a),
    newestFirst: (tags) => policy.newestFirst?.(tags).reverse() ?? [],
  };
}
