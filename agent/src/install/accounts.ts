import { block, type Fields, off, slot, when } from './tree.ts';

export const NAMESPACE: Fields = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: slot('namespace'), labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
};

/** The agent's own account. */
export const AGENT_ACCOUNT: Fields = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'weaveflux', namespace: slot('namespace'), annotations: block('serviceAccountAnnotations') },
  imagePullSecrets: when(
    'imagePullSecret',
    [{ name: slot('imagePullSecret') }],
    off(
      "The Secret with the login for the registry of the agent's own image, where it needs one.",
      '[{ name: registry }]',
    ),
  ),
};

/** The accounts whose tokens people ask for: nothing runs as them. */
export const [VIEWER_ACCOUNT, OPERATOR_ACCOUNT] = (['weaveflux-viewer', 'weaveflux-operator'] as const).map(
  (name): Fields => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: slot('namespace') },
    automountServiceAccountToken: false,
  }),
) as [Fields, Fields];
