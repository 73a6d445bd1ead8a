import { EVENTS_RULE, manageRules, NODES_RULE, type Rule, withoutCovered } from '../install/rules.ts';
import type { Grant } from './granted.ts';
import type { Needs } from './needs.ts';

/** A rule and what is said of it. */
export interface Right {
  readonly rule: Rule;
  readonly comment?: string | undefined;
}

/** Rights by namespace; '' = the whole cluster. */
export type Rights = ReadonlyMap<string, readonly Right[]>;

/** Who needs what. */
export interface Shares {
  /** Whoever acts for the repository: the agent, or the account that it impersonates. */
  readonly repository: Rights;
  /** The agent itself, in any case. */
  readonly agent: Rights;
  /** What the asked form cannot give, one sentence each. */
  readonly left: readonly string[];
}

const PULL_RULES: readonly Rule[] = [{ apiGroups: [''], resources: ['secrets', 'serviceaccounts'], verbs: ['get'] }];
const AUTOSCALERS: Rule = { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list'] };

/** The rights that serve the needs: kinds in the whole cluster, or with `namespaced` where objects of them are. Pure. */
export function sharesOf(needs: Needs, namespaced: boolean): Shares {
  const rights = new Map<string, Right[]>();
  const left: string[] = [];
  const give = (namespace: string, rules: readonly Rule[], comment?: string): void => {
    const list = rights.get(namespace) ?? [];
    rights.set(namespace, list);
    rules.forEach((rule, index) => {
      list.push({ rule, comment: index === 0 ? comment : undefined });
    });
  };
  if (namespaced) left.push(...giveKindsByNamespace(needs, give));
  else give('', manageRules(needs.kinds.map(({ row }) => row)));
  for (const grant of needs.grants) giveGrant(grant, namespaced, give, left);
  for (const namespace of needs.scaled)
    give(namespaced ? namespace : '', [AUTOSCALERS], 'Autoscalers keep their say in replicas.');
  for (const namespace of needs.imaged) give(namespace, PULL_RULES, 'The logins that images are pulled with.');
  const scopes = namespaced ? [...rights.keys()].filter((namespace) => namespace !== '') : [''];
  const agent = new Map<string, Right[]>(
    scopes.map((scope) => [scope, [{ rule: EVENTS_RULE, comment: 'Events on what is delivered.' }]]),
  );
  if (needs.nodes && namespaced)
    left.push('Outside of namespaces, so no Role can allow it: to list nodes, whose platforms images are to fit.');
  else if (needs.nodes) agent.get('')?.push({ rule: NODES_RULE, comment: 'The platforms that images are to fit.' });
  return { repository: settled(rights), agent, left };
}

/** The rights of two as those of one. */
export function together(one: Rights, other: Rights): Rights {
  const scopes = new Set([...one.keys(), ...other.keys()]);
  return settled(
    new Map([...scopes].map((scope) => [scope, [...(one.get(scope) ?? []), ...(other.get(scope) ?? [])]])),
  );
}

function giveKindsByNamespace(needs: Needs, give: (namespace: string, rules: readonly Rule[]) => void): string[] {
  const namespaces = new Set(needs.kinds.flatMap((kind) => kind.namespaces));
  namespaces.delete('');
  for (const namespace of [...namespaces].sort())
    give(
      namespace,
      manageRules(needs.kinds.filter((kind) => kind.namespaces.includes(namespace)).map(({ row }) => row)),
    );
  const outside = needs.kinds.filter((kind) => kind.namespaces.includes('')).map(({ row }) => row.kind);
  return outside.length === 0 ? [] : [`Outside of namespaces, so no Role can allow it: ${outside.join(', ')}.`];
}

function giveGrant(
  { namespace, rules, comment }: Grant,
  namespaced: boolean,
  give: (namespace: string, rules: readonly Rule[], comment: string) => void,
  left: string[],
): void {
  if (namespaced && namespace === '') return;
  if (rules.length === 0) left.push(comment);
  else give(namespace, rules, comment);
}

/** Without what is held anyway, in the cluster or by another rule. */
function settled(rights: ReadonlyMap<string, readonly Right[]>): Rights {
  const everywhere = rulesOf(rights.get(''));
  const scopes = [...rights].map(([scope, list]): [string, Right[]] => {
    const kept = new Set(withoutCovered([...(scope === '' ? [] : everywhere), ...rulesOf(list)]));
    return [scope, list.filter(({ rule }) => kept.has(rule))];
  });
  return new Map(scopes.filter(([, list]) => list.length > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function rulesOf(rights: readonly Right[] = []): Rule[] {
  return rights.map(({ rule }) => rule);
}
