import { isObject, type JsonObject } from '@weaveflux/shared';
import { type ManagedFieldsEntry, managedFieldsOf } from './managed-fields.ts';

/**
 * Who sent an object whole before us, from manifests of the same kind as ours: a field of theirs that the manifest
 * lacks has been removed. Not those who change single fields (`kubectl-edit`, `kubectl-rollout`, controllers).
 */
const SENDERS: ReadonlySet<string> = new Set([
  'kubectl',
  'kubectl-client-side-apply',
  'kubectl-create',
  'kubectl-replace',
  'before-first-apply',
  'kustomize-controller',
  'helm',
  'helm-controller',
  'helm-operator',
  'flux',
  'flux-client-side-apply',
  'fluxd',
  'argocd-controller',
  'argocd-application-controller',
]);

/**
 * The managedFields in which all that known senders own is owned by us, or `undefined` where there is nothing to take.
 * `olderOnly` leaves what a sender wrote after our last write: that is interference, not an inheritance.
 */
export function takeOver(object: JsonObject, ours: string, olderOnly: boolean): JsonObject[] | undefined {
  const entries = managedFieldsOf(object);
  const own = entries.find(
    (entry) => entry.manager === ours && entry.operation === 'Apply' && entry.subresource === '',
  );
  if (own === undefined) return undefined;
  const taken = entries.filter((entry) => isInherited(entry, own) && !(olderOnly && entry.time > own.time));
  if (taken.length === 0) return undefined;
  const merged = { ...own.raw, fieldsV1: taken.reduce((fields, entry) => union(fields, entry.fields), own.fields) };
  return entries.flatMap((entry) => (entry === own ? [merged] : taken.includes(entry) ? [] : [entry.raw]));
}

function isInherited(entry: ManagedFieldsEntry, own: ManagedFieldsEntry): boolean {
  return SENDERS.has(entry.manager) && entry.subresource === '' && entry.apiVersion === own.apiVersion;
}

/** The union of two `fieldsV1` trees. */
function union(a: JsonObject, b: JsonObject): JsonObject {
  const result: JsonObject = { ...a };
  for (const [name, below] of Object.entries(b)) {
    const here = result[name];
    result[name] = isObject(here) && isObject(below) ? union(here, below) : (below ?? {});
  }
  return result;
}
