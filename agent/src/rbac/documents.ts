import type { JsonObject } from '@weaveflux/shared';
import { printTree } from '../install/print.ts';
import { covers, type Rule } from '../install/rules.ts';
import { settle } from '../install/settle.ts';
import { plainStyle } from '../install/styles.ts';
import { type Fields, note } from '../install/tree.ts';
import { clusterName, defaultOptions } from '../install/values.ts';
import type { Needs } from './needs.ts';
import { type Right, type Rights, sharesOf, together } from './rights.ts';

/** For whom rights are written, and in which form. */
export interface RightsRequest {
  /** The agent's. */
  readonly namespace: string;
  /** Roles in single namespaces only. */
  readonly namespaced: boolean;
  /** The account that the agent impersonates, where it does. */
  readonly account: Account | undefined;
}

/** A service account. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** Objects to apply, with what is to be said of them. */
export interface RightsDocuments {
  readonly trees: readonly Fields[];
  /** Sentences: guesses, and what is left out. */
  readonly remarks: readonly string[];
}

const EVERYTHING: Rule = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
const GROUP = 'rbac.authorization.k8s.io';

/** The roles that an environment needs, and their bindings. Pure. */
export function rightsDocuments(needs: Needs, request: RightsRequest): RightsDocuments {
  const { repository, agent, left } = sharesOf(needs, request.namespaced);
  const agentAccount = { namespace: request.namespace, name: 'weaveflux' };
  const { account } = request;
  const trees =
    account === undefined
      ? rolesFor(together(repository, agent), agentAccount, clusterName(request.namespace))
      : [
          { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account.name, namespace: account.namespace } },
          ...rolesFor(repository, account, `${clusterName(request.namespace)}-as-${account.namespace}-${account.name}`),
          ...impersonation(account, agentAccount),
          ...rolesFor(agent, agentAccount, clusterName(request.namespace)),
        ];
  const made = [...needs.namespaces].filter(([name]) => repository.has(name) || name === account?.namespace);
  const namespaces = made.map(([, manifest]) => manifest as Fields);
  const remarks = [...needs.guessed.map(guessRemark), ...left, ...everythingRemarks(needs, request)];
  return { trees: [...namespaces, ...trees], remarks };
}

/** As YAML with comments. */
export function rightsText({ trees, remarks }: RightsDocuments): string {
  const style = plainStyle(defaultOptions(''));
  const lines = trees.flatMap((tree) => ['---', ...printTree(tree, style)]);
  return `${[...remarks.map((remark) => `# ${remark}`), ...lines].join('\n')}\n`;
}

/** As plain objects. */
export function rightsObjects({ trees }: RightsDocuments): JsonObject[] {
  return trees.map((tree) => settle(tree, defaultOptions('')));
}

function rolesFor(rights: Rights, account: Account, name: string): Fields[] {
  return [...rights].flatMap(([scope, list]) => roleAndBinding(scope, name, list, account));
}

function roleAndBinding(namespace: string, name: string, rights: readonly Right[], account: Account): Fields[] {
  const kind = namespace === '' ? 'ClusterRole' : 'Role';
  const metadata: Fields = namespace === '' ? { name } : { name, namespace };
  const apiVersion = `${GROUP}/v1`;
  return [
    { apiVersion, kind, metadata, rules: rights.map(ruleTree) },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: GROUP, kind, name },
      subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }],
    },
  ];
}

function impersonation(account: Account, agent: Account): Fields[] {
  const rule: Rule = {
    apiGroups: [''],
    resources: ['serviceaccounts'],
    resourceNames: [account.name],
    verbs: ['impersonate'],
  };
  const comment = 'The agent acts as this account for the repository, and as itself for nothing of it.';
  const name = `${clusterName(agent.namespace)}-impersonate`;
  return roleAndBinding(account.namespace, name, [{ rule, comment }], agent);
}

function ruleTree({ rule, comment }: Right) {
  const tree = Object.fromEntries(Object.entries(rule)) as Fields;
  return comment === undefined ? tree : note(comment, tree);
}

/** Roles that give everything: whoever applies them must hold everything. */
function everythingRemarks({ grants }: Needs, { namespaced }: RightsRequest): string[] {
  return grants
    .filter(({ namespace, rules }) => !(namespaced && namespace === '') && rules.some((one) => covers(one, EVERYTHING)))
    .map(({ namespace, comment }) => {
      const where = namespace === '' ? 'the cluster' : `namespace ${namespace}`;
      return `${comment.replace(/\.$/, '')} is everything, which whoever applies it must hold: an administrator of ${where}. Leave that role out if it should not be one.`;
    });
}

function guessRemark({ row, file, line }: Needs['guessed'][number]): string {
  const name = row.group === '' ? row.plural : `${row.plural}.${row.group}`;
  return `${row.kind} (${file}:${line}) is no kind known here: "${name}" is a guess, compare kubectl api-resources.`;
}
