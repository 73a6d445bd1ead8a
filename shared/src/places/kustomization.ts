import { tryParseImage } from '../images/reference.ts';
import { isObject, type Json, type JsonObject, listAt, stringAt } from '../json.ts';
import type { ImageFault, StatedImages } from '../manifests/helm-images.ts';
import type { Container } from '../manifests/workloads.ts';

/** The names under which kustomize finds a kustomization. */
export const KUSTOMIZATION_FILES: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Whether kustomize takes the file at a path for a kustomization, by its name. */
export function isKustomizationFile(path: string): boolean {
  return KUSTOMIZATION_FILES.includes(path.slice(path.lastIndexOf('/') + 1));
}

/**
 * The `images:` of a kustomization that say a version. Each is named by the last part of its name: `cart` for
 * `ghcr.io/you/cart`, as an annotation's key takes no slash. Two of one name are faults, as keys may mean either.
 */
export function kustomizationImages(value: JsonObject): StatedImages {
  const entries = listAt(value, ['images']).map(readEntry);
  const counts = new Map<string, number>();
  for (const entry of entries) {
    if (entry !== undefined && 'name' in entry) counts.set(entry.name, (counts.get(entry.name) ?? 0) + 1);
  }
  const containers: Container[] = [];
  const faults: ImageFault[] = [];
  for (const entry of entries) {
    if (entry === undefined) continue;
    if ('reason' in entry) faults.push(entry);
    else if ((counts.get(entry.name) ?? 0) > 1) {
      const reason = `two images end with "${entry.name}", so weaveflux.dev/tag.${entry.name} may mean either; put markers of ImagePolicies beside their newTag`;
      faults.push({ path: entry.path, reason });
    } else containers.push(entry);
  }
  return { containers, faults };
}

/** `undefined` = it says no version. */
function readEntry(entry: Json, index: number): Container | ImageFault | undefined {
  if (!isObject(entry)) return undefined;
  const { newTag = null, digest = null } = entry;
  const original = stringAt(entry, ['name']);
  if (original === undefined || (newTag === null && digest === null)) return undefined;
  const path = ['images', index];
  if (newTag !== null && typeof newTag !== 'string') {
    return {
      path: [...path, 'newTag'],
      reason: `newTag is not a string but ${JSON.stringify(newTag)}; put it in quotes`,
    };
  }
  if (digest !== null && typeof digest !== 'string') {
    return { path: [...path, 'digest'], reason: `digest is not a string but ${JSON.stringify(digest)}` };
  }
  const newName = stringAt(entry, ['newName']) ?? '';
  const image = `${newName === '' ? original : newName}${newTag ? `:${newTag}` : ''}${digest ? `@${digest}` : ''}`;
  if (tryParseImage(image) === undefined) return { path, reason: `"${image}" is no image reference` };
  if (!newTag && !digest) return undefined;
  const tag = newTag ? { tag: [...path, 'newTag'] } : {};
  const hash = digest ? { digest: [...path, 'digest'] } : {};
  const name = original.slice(original.lastIndexOf('/') + 1);
  return {
    name,
    image,
    path: [...path, newTag ? 'newTag' : 'digest'],
    init: false,
    parts: { prefix: '', ...tag, ...hash },
  };
}
