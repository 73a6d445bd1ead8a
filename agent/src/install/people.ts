import { ENVIRONMENT_GROUP, ENVIRONMENT_PLURAL } from '@weaveflux/shared';
import { binding, rule } from './rights.ts';
import { type Fields, slot } from './tree.ts';

const READ = ['get', 'watch'] as const;
const OPERATE = [...READ, 'sync', 'plan', 'release', 'policy', 'suspend'] as const;

/**
 * What the tokens of `weaveflux-viewer` and `weaveflux-operator` may do: nothing but verbs on `environments`, which only
 * the agent understands. Whoever may ask for such a token chooses its audience, so it must be worth nothing elsewhere.
 */
export const VIEWER_ROLE = role('weaveflux-viewer', [rule([ENVIRONMENT_GROUP], [ENVIRONMENT_PLURAL], READ)]);
export const OPERATOR_ROLE = role('weaveflux-operator', [rule([ENVIRONMENT_GROUP], [ENVIRONMENT_PLURAL], OPERATE)]);
export const VIEWER_BINDING = accountBinding('weaveflux-viewer');
export const OPERATOR_BINDING = accountBinding('weaveflux-operator');

/** Bound to people: how they reach the agent and come by a token. */
export const VIEW_ROLE = role('weaveflux-view', reaching(['weaveflux-viewer'], ['get', 'list', 'watch']));
export const OPERATE_ROLE = role(
  'weaveflux-operate',
  reaching(['weaveflux-viewer', 'weaveflux-operator'], ['get', 'list', 'watch', 'patch']),
);

function reaching(accounts: readonly string[], environments: readonly string[]): Fields[] {
  return [
    { ...rule([''], ['serviceaccounts/token'], ['create']), resourceNames: [...accounts] },
    rule([''], ['pods/portforward'], ['get', 'create']),
    rule([''], ['pods'], ['get', 'list']),
    rule(['coordination.k8s.io'], ['leases'], ['get']),
    rule([ENVIRONMENT_GROUP], [ENVIRONMENT_PLURAL], environments),
  ];
}

function role(name: string, rules: readonly Fields[]): Fields {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name, namespace: slot('namespace') },
    rules: [...rules],
  };
}

function accountBinding(account: string): Fields {
  return binding('RoleBinding', account, 'Role', account, slot('namespace'), account);
}
