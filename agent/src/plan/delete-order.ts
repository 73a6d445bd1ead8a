import type { ObjectId } from '@weaveflux/shared';
import type { InventoryEntry } from '../targets/kubernetes/types.ts';

/** Later = deleted later. What is not listed comes after the workloads and before the accounts. */
const RANKS: Readonly<Record<string, number>> = {
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': 0,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': 0,
  '/Pod': 2,
  '/ServiceAccount': 4,
  'rbac.authorization.k8s.io/ClusterRole': 4,
  'rbac.authorization.k8s.io/ClusterRoleBinding': 4,
  'rbac.authorization.k8s.io/Role': 4,
  'rbac.authorization.k8s.io/RoleBinding': 4,
  '/PersistentVolumeClaim': 5,
  '/PersistentVolume': 6,
  'apiextensions.k8s.io/CustomResourceDefinition': 7,
  '/Namespace': 8,
};

const WORKLOAD_GROUPS = new Set(['apps', 'batch', 'autoscaling', 'policy']);
const REST = 3;

/**
 * Orders deletes the other way round than applies: webhooks first (they could refuse the rest), then custom objects
 * while the controller that clears their finalizers still runs, workloads, config and services, accounts, volumes,
 * CRDs and namespaces last.
 */
export function compareDeletes(a: ObjectId, b: ObjectId): number {
  return rankOf(a) - rankOf(b);
}

/** Entries in the order of deletes, together where they may go side by side; a wave begins when the one before was accepted. */
export function deleteWaves(entries: readonly InventoryEntry[]): InventoryEntry[][] {
  const ranks = [...new Set(entries.map(({ id }) => rankOf(id)))].sort((a, b) => a - b);
  return ranks.map((rank) => entries.filter(({ id }) => rankOf(id) === rank));
}

function rankOf({ group, kind }: ObjectId): number {
  const rank = RANKS[`${group}/${kind}`];
  if (rank !== undefined) return rank;
  if (WORKLOAD_GROUPS.has(group)) return 2;
  return group.includes('.') && !group.endsWith('.k8s.io') ? 1 : REST;
}
