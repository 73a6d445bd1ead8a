import { AGENT_ACCOUNT, NAMESPACE, OPERATOR_ACCOUNT, VIEWER_ACCOUNT } from './accounts.ts';
import { ENVIRONMENT_CRD } from './crd.ts';
import { CLAIM, DEPLOYMENT, DISRUPTION_BUDGET, SERVICE } from './deployment.ts';
import { OPERATE_ROLE, OPERATOR_BINDING, OPERATOR_ROLE, VIEW_ROLE, VIEWER_BINDING, VIEWER_ROLE } from './people.ts';
import {
  ADMIN_BINDING,
  AGENT_ROLE,
  AGENT_ROLE_BINDING,
  AUTH_DELEGATOR,
  CLUSTER_ROLE,
  CLUSTER_ROLE_BINDING,
  NAMESPACE_ROLE,
  NAMESPACE_ROLE_BINDING,
  NODES_ROLE,
  NODES_ROLE_BINDING,
} from './rights.ts';
import type { Fields, OverlayTest } from './tree.ts';
import { holds, type InstallOptions } from './values.ts';

/** One object of an installation. */
export interface Document {
  /** The file of the kustomization and the chart that it is in. */
  readonly file: string;
  readonly tree: Fields;
  /** Stands above it in the one file. */
  readonly heading?: string;
  /** Each must be as said, else the object is not there. */
  readonly conditions?: readonly (readonly [test: OverlayTest, holding: boolean])[];
  /** Once for each allowed namespace. */
  readonly each?: true;
  /** Not in the chart, because Helm brings it. */
  readonly notInChart?: true;
}

const CLUSTER_WIDE = { conditions: [['namespaced', false]] } as const;
const SHIPPED_ROLE = { conditions: [...CLUSTER_WIDE.conditions, ['clusterAdmin', false]] } as const;
const NAMESPACED = { conditions: [['namespaced', true]], each: true } as const;

/** Everything, in the order in which it is applied and read: what people edit comes first. */
export const DOCUMENTS: readonly Document[] = [
  { file: 'namespace', tree: NAMESPACE, notInChart: true, ...CLUSTER_WIDE },
  { file: 'service-account', tree: AGENT_ACCOUNT },
  { file: 'deployment', tree: DEPLOYMENT },
  { file: 'service', tree: SERVICE, heading: 'For Prometheus, and for webhooks.' },
  { file: 'volume', tree: CLAIM, conditions: [['persistent', true]] },
  { file: 'disruption-budget', tree: DISRUPTION_BUDGET, conditions: [['ha', true]] },
  {
    file: 'rights',
    tree: CLUSTER_ROLE,
    heading: [
      'What the environment may be made of. Pods and Secrets in all namespaces amount to being an administrator:',
      'docs/security.md says why, and how to give less. Kinds beside these: weaveflux rbac --from-repo.',
    ].join('\n'),
    ...SHIPPED_ROLE,
  },
  { file: 'rights', tree: CLUSTER_ROLE_BINDING, ...SHIPPED_ROLE },
  { file: 'rights', tree: ADMIN_BINDING, conditions: [['clusterAdmin', true]] },
  { file: 'namespace-rights', tree: NAMESPACE_ROLE, heading: 'What the environment may be made of.', ...NAMESPACED },
  { file: 'namespace-rights', tree: NAMESPACE_ROLE_BINDING, ...NAMESPACED },
  {
    file: 'node-rights',
    tree: NODES_ROLE,
    heading: 'The platforms of the nodes, for images.platforms: nodes in .weaveflux.yaml.',
    conditions: [['nodes', true]],
  },
  { file: 'node-rights', tree: NODES_ROLE_BINDING, conditions: [['nodes', true]] },
  { file: 'agent-rights', tree: AGENT_ROLE, heading: "The agent's own bookkeeping, in its own namespace." },
  { file: 'agent-rights', tree: AGENT_ROLE_BINDING },
  {
    file: 'auth-delegator',
    tree: AUTH_DELEGATOR,
    heading: 'Lets the agent check the tokens that people bring (TokenReview, SubjectAccessReview).',
    ...CLUSTER_WIDE,
  },
  {
    file: 'people',
    tree: VIEWER_ACCOUNT,
    heading:
      "People speak with the agent as one of these two accounts: by a token that is good for the agent's API only.",
  },
  { file: 'people', tree: OPERATOR_ACCOUNT },
  { file: 'people', tree: VIEWER_ROLE },
  { file: 'people', tree: VIEWER_BINDING },
  { file: 'people', tree: OPERATOR_ROLE },
  { file: 'people', tree: OPERATOR_BINDING },
  {
    file: 'people',
    tree: VIEW_ROLE,
    heading: 'Bind one of these two to people: kubectl create rolebinding ann --role=weaveflux-operate --user=ann',
  },
  { file: 'people', tree: OPERATE_ROLE },
  { file: 'crd', tree: ENVIRONMENT_CRD, heading: 'kubectl get environments', ...CLUSTER_WIDE },
];

/** Whether an installation has an object. */
export function isThere(document: Document, options: InstallOptions): boolean {
  return (document.conditions ?? []).every(([test, holding]) => holds(test, options) === holding);
}

/** The namespaces that a document is repeated for; once for one that is not repeated. */
export function repeats(document: Document, options: InstallOptions): readonly string[] {
  return document.each ? options.allowNamespaces : [''];
}
