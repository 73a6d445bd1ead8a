import { isObject, type JsonObject, listAt, stringAt } from '@weaveflux/shared';
import type { KindInfo } from './types.ts';

/** A kind that a CustomResourceDefinition will serve. */
export interface DefinedKind extends KindInfo {
  readonly group: string;
  readonly kind: string;
}

export function isCrd(id: { readonly group: string; readonly kind: string }): boolean {
  return id.group === 'apiextensions.k8s.io' && id.kind === 'CustomResourceDefinition';
}

/** The kinds of a CRD (apiextensions.k8s.io/v1), one for each version it serves. */
export function kindsOfCrd(crd: JsonObject): DefinedKind[] {
  const group = stringAt(crd, ['spec', 'group']);
  const kind = stringAt(crd, ['spec', 'names', 'kind']);
  const plural = stringAt(crd, ['spec', 'names', 'plural']);
  if (group === undefined || kind === undefined || plural === undefined) return [];
  const namespaced = stringAt(crd, ['spec', 'scope']) === 'Namespaced';
  return listAt(crd, ['spec', 'versions']).flatMap((version) => {
    const name = stringAt(version, ['name']);
    if (name === undefined || !isObject(version) || version.served !== true) return [];
    return [{ group, kind, apiVersion: `${group}/${name}`, plural, namespaced }];
  });
}
