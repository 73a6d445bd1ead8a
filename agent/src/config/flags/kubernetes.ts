import { type Flag, flagsOf } from '../flag.ts';
import { isAccount, isLabel, NAMESPACE_RULE } from '../names.ts';
import { absolutePath, bool, list, path, text } from '../values.ts';

const flag = flagsOf('Kubernetes');

const NAMESPACE = `a namespace: ${NAMESPACE_RULE}`;

/** The cluster, and what is touched in it. */
export const KUBERNETES_FLAGS = {
  'k8s-secret-name': flag(
    text('the name of a Secret', (word) => /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(word)),
    'flux-git-deploy',
    'The Secret with the ssh key or the https token.',
  ),
  'k8s-secret-data-key': flag(
    text('a key of a Secret', (word) => /^[-._a-zA-Z0-9]{1,253}$/.test(word) && !/^\.\.?$/.test(word)),
    'identity',
    'Its key that holds the private ssh key.',
  ),
  'k8s-secret-volume-mount-path': flag(
    absolutePath,
    '/etc/fluxd/ssh',
    'Where the Secret is mounted; where it is not, it is read by API.',
  ),
  'k8s-allow-namespace': flag(list(NAMESPACE, isLabel), '', 'The only namespaces that are touched; without it all.'),
  'k8s-default-namespace': flag(
    text(NAMESPACE, isLabel),
    undefined,
    'Namespace of manifests that name none; without it `default`.',
    { flux: "without it the kubeconfig's" },
  ),
  'agent-namespace': flag(
    text(NAMESPACE, isLabel),
    undefined,
    "Namespace of the agent's inventory and Secret; without it the pod's, outside a cluster `weaveflux`. Objects carry it as a label, so it must never change.",
    { flux: 'new' },
  ),
  'k8s-service-account': flag(
    text('the name of a service account, or its namespace and name as in `shop/deployer`', isAccount),
    undefined,
    "Everything that the repository asks for is done as this service account, by impersonation: it may do what the account may, and the agent's own rights are never used instead. Without a namespace the agent's.",
    { flux: 'new' },
  ),
  'leader-election': flag(
    bool,
    'false',
    'Works only while it holds the Lease `weaveflux-<environment>`: for two replicas, of which one stands by.',
    { flux: 'new' },
  ),
  kubeconfig: flag(
    path,
    undefined,
    "A kubeconfig; without it the pod's service account, else `KUBECONFIG`, else `~/.kube/config`.",
    { flux: 'new (`kube-config`)' },
  ),
  'kube-context': flag(
    text('the name of a context'),
    undefined,
    'The context of the kubeconfig; without it its current one.',
    { flux: 'new' },
  ),
} as const satisfies Readonly<Record<string, Flag>>;
