import { isObject, type JsonObject, listAt, type Manifest, stringAt } from '@weaveflux/shared';
import type { Rule } from '../install/rules.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** What a role of the repository says that somebody may do, or a role that it names and does not hold. */
export interface Grant {
  /** '' = the whole cluster. */
  readonly namespace: string;
  /** None where only an administrator may give it. */
  readonly rules: readonly Rule[];
  /** Said of these rules. */
  readonly comment: string;
}

/**
 * What the agent must itself hold to apply the roles and bindings of a repository: Kubernetes lets nobody give what they
 * lack. Of a role that only a binding names the rules are not known, so binding just that one is asked for; so it is of
 * one whose rules no Role can hold.
 */
export function grantsOf(manifests: readonly Manifest[], defaultNamespace: string): Grant[] {
  const roles = manifests.filter(({ id }) => id.group === GROUP && /^(Cluster)?Role$/.test(id.kind));
  const known = new Map(
    roles.map(({ id, value }) => [keyOf(id.kind, placeOf(id.kind, id.namespace, defaultNamespace), id.name), value]),
  );
  const held = roles.flatMap((manifest) => grantOfRole(manifest, defaultNamespace));
  const bound = manifests
    .filter(({ id }) => id.group === GROUP && /RoleBinding$/.test(id.kind))
    .flatMap((manifest) => grantOfBinding(manifest, defaultNamespace, known));
  return [...held, ...bound];
}

function grantOfRole({ id, value }: Manifest, defaultNamespace: string): Grant[] {
  const namespace = placeOf(id.kind, id.namespace, defaultNamespace);
  const shown = `${id.kind} ${id.name}`;
  if (isObject(value.aggregationRule))
    return [{ namespace, rules: [], comment: `${shown} collects others: only an administrator may apply it.` }];
  const rules = rulesOf(value);
  return rules.length === 0 ? [] : [{ namespace, rules, comment: `What ${shown} of the repository gives.` }];
}

function grantOfBinding(
  { id, value }: Manifest,
  defaultNamespace: string,
  known: ReadonlyMap<string, JsonObject>,
): Grant[] {
  const namespace = id.kind === 'RoleBinding' ? id.namespace || defaultNamespace : '';
  const kind = stringAt(value, ['roleRef', 'kind']) ?? '';
  const name = stringAt(value, ['roleRef', 'name']) ?? '';
  const role = known.get(keyOf(kind, kind === 'ClusterRole' ? '' : namespace, name));
  const rules = role === undefined || isObject(role.aggregationRule) ? undefined : rulesOf(role);
  // What the role gives where it stands is told of the role; of a ClusterRole a binding gives it in one namespace, too.
  if (rules !== undefined && (rules.length === 0 || namespace === '' || kind === 'Role')) return [];
  const comment = `What ${id.kind} ${id.name} of the repository gives here, by ${kind} ${name}.`;
  // URLs are of no namespace.
  if (rules?.every(({ nonResourceURLs }) => nonResourceURLs === undefined)) return [{ namespace, rules, comment }];
  const why = role === undefined ? 'which the repository does not hold' : 'whose rules no Role can hold';
  const resources = [kind === 'ClusterRole' ? 'clusterroles' : 'roles'];
  return [
    {
      namespace,
      rules: [{ apiGroups: [GROUP], resources, resourceNames: [name], verbs: ['bind'] }],
      comment: `${id.kind} ${id.name} binds ${kind} ${name}, ${why}.`,
    },
  ];
}

function rulesOf(role: JsonObject): Rule[] {
  return listAt(role, ['rules']).flatMap((rule) => (isObject(rule) ? [ruleOf(rule)] : []));
}

function ruleOf(rule: JsonObject): Rule {
  const list = (field: string) => listAt(rule, [field]).map(String);
  const optional = (field: string) => (list(field).length === 0 ? {} : { [field]: list(field) });
  return {
    ...optional('apiGroups'),
    ...optional('resources'),
    ...optional('resourceNames'),
    ...optional('nonResourceURLs'),
    verbs: list('verbs'),
  };
}

function placeOf(kind: string, namespace: string, defaultNamespace: string): string {
  return kind === 'ClusterRole' ? '' : namespace || defaultNamespace;
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}
