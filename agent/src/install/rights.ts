import { APPLICATION_KINDS, type KindRow } from './kinds.ts';
import { EVENTS_RULE, MANAGE, manageRules, NODES_RULE, type Rule } from './rules.ts';
import { type Fields, type Item, note, slot, type Text, text, unless } from './tree.ts';

const GROUP = 'rbac.authorization.k8s.io';
const API_VERSION = `${GROUP}/v1`;

/** What the environment is made of, in the whole cluster. */
export const CLUSTER_ROLE: Fields = {
  apiVersion: API_VERSION,
  kind: 'ClusterRole',
  metadata: { name: slot('clusterName') },
  rules: environmentRules(APPLICATION_KINDS),
};

export const CLUSTER_ROLE_BINDING: Fields = {
  ...binding('ClusterRoleBinding', slot('clusterName'), 'ClusterRole', slot('clusterName')),
};

/** Of `namespaced`: the same in one namespace, without what lies outside of namespaces. */
export const NAMESPACE_ROLE: Fields = {
  apiVersion: API_VERSION,
  kind: 'Role',
  metadata: { name: slot('clusterName'), namespace: slot('allowed') },
  rules: environmentRules(APPLICATION_KINDS.filter((kind) => kind.namespaced)),
};

export const NAMESPACE_ROLE_BINDING: Fields = binding(
  'RoleBinding',
  slot('clusterName'),
  'Role',
  slot('clusterName'),
  slot('allowed'),
);

/** Of `cluster-admin`. */
export const ADMIN_BINDING: Fields = binding(
  'ClusterRoleBinding',
  text`${'clusterName'}-admin`,
  'ClusterRole',
  'cluster-admin',
);

/** Of `nodes`: nothing but their names and labels is read. */
export const NODES_ROLE: Fields = {
  apiVersion: API_VERSION,
  kind: 'ClusterRole',
  metadata: { name: text`${'clusterName'}-nodes` },
  rules: [asTree(NODES_RULE)],
};

export const NODES_ROLE_BINDING: Fields = binding(
  'ClusterRoleBinding',
  text`${'clusterName'}-nodes`,
  'ClusterRole',
  text`${'clusterName'}-nodes`,
);

/** Lets the agent check the tokens that people bring. */
export const AUTH_DELEGATOR: Fields = binding(
  'ClusterRoleBinding',
  text`${'clusterName'}-auth-delegator`,
  'ClusterRole',
  'system:auth-delegator',
);

/** The agent's own bookkeeping, in its own namespace. */
export const AGENT_ROLE: Fields = {
  apiVersion: API_VERSION,
  kind: 'Role',
  metadata: { name: 'weaveflux-agent', namespace: slot('namespace') },
  rules: [
    note(
      'The inventory: weaveflux-inventory-<environment>-<n>.',
      rule([''], ['configmaps'], ['get', 'create', 'update']),
    ),
    note('Who works, of several replicas.', rule(['coordination.k8s.io'], ['leases'], ['create'])),
    {
      ...rule(['coordination.k8s.io'], ['leases'], ['get', 'update']),
      resourceNames: [text`weaveflux-${'environment'}`],
    },
    note(
      'The status that kubectl shows.',
      rule(['weaveflux.dev'], ['environments'], ['get', 'list', 'watch', 'create', 'patch']),
    ),
    rule(['weaveflux.dev'], ['environments/status'], ['get', 'patch']),
    asTree(EVENTS_RULE),
    unless(
      'noSecrets',
      note("The ssh key; one that the agent makes is saved there. What is created can't be named.", {
        ...rule([''], ['secrets'], ['get', 'patch']),
        resourceNames: [slot('secretName')],
      }),
    ),
    unless('noSecrets', rule([''], ['secrets'], ['create'])),
  ],
};

export const AGENT_ROLE_BINDING: Fields = binding(
  'RoleBinding',
  'weaveflux-agent',
  'Role',
  'weaveflux-agent',
  slot('namespace'),
);

/** A binding of a role to one service account of the agent's namespace. */
export function binding(
  kind: string,
  name: string | Text,
  roleKind: string,
  roleName: string | Text,
  namespace?: Text,
  account = 'weaveflux',
): Fields {
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: namespace === undefined ? { name } : { name, namespace },
    roleRef: { apiGroup: GROUP, kind: roleKind, name: roleName },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: slot('namespace') }],
  };
}

export function rule(apiGroups: readonly string[], resources: readonly string[], verbs: readonly string[]): Fields {
  return { apiGroups, resources, verbs };
}

function environmentRules(kinds: readonly KindRow[]): Item[] {
  const plain = kinds.filter((kind) => kind.plural !== 'secrets');
  const rules = manageRules(plain).map(asTree);
  const [workloads = {}, ...others] = rules;
  return [
    note('Whoever makes Pods in a namespace may be any service account in it and read any Secret of it.', workloads),
    ...others,
    asTree(EVENTS_RULE),
    unless(
      'noSecrets',
      note('Secrets of the repository, and those that images are pulled with.', rule([''], ['secrets'], MANAGE)),
    ),
  ];
}

function asTree({ apiGroups = [], resources = [], verbs }: Rule): Fields {
  return rule(apiGroups, resources, verbs);
}
