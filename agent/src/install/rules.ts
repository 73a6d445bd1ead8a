import type { KindRow } from './kinds.ts';

/** One rule of a Role or ClusterRole. */
export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** What the agent does with an object that it keeps true: reads, watches, applies (a patch that may create) and prunes. */
export const MANAGE = ['get', 'list', 'watch', 'create', 'patch', 'delete'] as const;

/** What telling in Kubernetes Events needs. */
export const EVENTS_RULE: Rule = { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] };

/** What knowing the platforms of the nodes needs. */
export const NODES_RULE: Rule = { apiGroups: [''], resources: ['nodes'], verbs: ['list'] };

/** One rule a group, in the order in which the groups come. */
export function manageRules(kinds: Iterable<KindRow>): Rule[] {
  const groups = Map.groupBy(kinds, (kind) => kind.group);
  return [...groups].map(([group, rows]) => ({
    apiGroups: [group],
    resources: [...new Set(rows.map((row) => row.plural))],
    verbs: MANAGE,
  }));
}

/** Rules without those that others cover, each once. */
export function withoutCovered(rules: readonly Rule[]): Rule[] {
  return rules.filter(
    (rule, index) =>
      !rules.some((other, at) => at !== index && covers(other, rule) && !(covers(rule, other) && at > index)),
  );
}

/** Whether whoever holds the one holds the other. */
export function covers(held: Rule, asked: Rule): boolean {
  const names = held.resourceNames ?? [];
  const namesFit = names.length === 0 || isWithin(asked.resourceNames ?? [], names);
  const fields = ['apiGroups', 'resources', 'verbs', 'nonResourceURLs'] as const;
  return namesFit && fields.every((field) => includesAll(held[field] ?? [], asked[field] ?? []));
}

function isWithin(some: readonly string[], all: readonly string[]): boolean {
  return some.length > 0 && includesAll(all, some);
}

function includesAll(held: readonly string[], asked: readonly string[]): boolean {
  return held.includes('*') || asked.every((word) => held.includes(word));
}
