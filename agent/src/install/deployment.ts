import { block, type Fields, note, off, slot, text, unless, when } from './tree.ts';

/** The pods of the agent, for selectors. */
const POD_LABEL = { 'app.kubernetes.io/name': 'weaveflux' } as const;
const USER = 65_532;
const METRICS_PORT = 3031;
const KEY_FOLDER = '/etc/fluxd/ssh';

/** What a pod asks for and may have, as measured (docs/benchmarks.md, in-cluster); git needs more for a larger repository. */
export const RESOURCES: Fields = {
  requests: { cpu: '50m', memory: '128Mi' },
  limits: { memory: '512Mi' },
};

const ARGS = [
  'agent',
  note('The repository of this environment: the one value that must be edited.', text`--git-url=${'gitUrl'}`),
  note('Its branch.', text`--git-branch=${'gitBranch'}`),
  when(
    'gitPath',
    note('Folders of it to deliver.', text`--git-path=${'gitPath'}`),
    off('Folders of it to deliver, separated by commas; without this the whole repository.', '--git-path=shop,infra'),
  ),
  note(
    "The name of this environment, as in the label above and the Lease's name below. Its objects carry it: choose it once.",
    text`--environment=${'environment'}`,
  ),
  note('Deletes what left the repository, within limits (docs/delivery.md).', '--sync-garbage-collection'),
  note(
    'The Secret with the ssh key for the repository, and its key there. Where there is none, the agent makes one and\nlogs the public half.',
    text`--k8s-secret-name=${'secretName'}`,
  ),
  text`--k8s-secret-data-key=${'secretKey'}`,
  note('Where that Secret is mounted.', `--k8s-secret-volume-mount-path=${KEY_FOLDER}`),
  off(
    'Regions and accounts of ECR whose images are scanned; without these all that the images name.',
    '--registry-ecr-region=eu-central-1',
  ),
  off('', '--registry-ecr-include-id=123456789012'),
  off(
    'Host keys of a Git server of your own: `known_hosts` in that Secret, or any file.',
    `--ssh-known-hosts=${KEY_FOLDER}/known_hosts`,
  ),
  off(
    'The secret of hooks: `hook-secret` in that Secret. Registries and CI tell of pushes with it (docs/images.md).',
    `--hook-secret-file=${KEY_FOLDER}/hook-secret`,
  ),
  note(
    'Probes, metrics and hooks; the API for people is reached by port-forward only.',
    `--listen-metrics=:${METRICS_PORT}`,
  ),
  '--data-dir=/data',
  when('namespaced', note('The only namespaces that are touched.', text`--k8s-allow-namespace=${'allowNamespaces'}`)),
  when('readonly', note('Never pushes: image updates are proposed only.', '--git-readonly')),
  when('ha', note('Of the replicas one works, the others stand by.', '--leader-election')),
  { node: 'many', slot: 'args' },
] as const;

const CONTAINER: Fields = {
  name: 'weaveflux',
  image: note('Name your own registry here if you mirror or build the image.', slot('image')),
  args: ARGS,
  env: [
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    { name: 'HOME', value: '/tmp' },
    { name: 'XDG_RUNTIME_DIR', value: '/run/weaveflux' },
  ],
  ports: [{ name: 'metrics', containerPort: METRICS_PORT }],
  startupProbe: { httpGet: { path: '/healthz', port: 'metrics' }, periodSeconds: 1, failureThreshold: 60 },
  livenessProbe: {
    httpGet: { path: '/healthz', port: 'metrics' },
    periodSeconds: 10,
    timeoutSeconds: 5,
    failureThreshold: 6,
  },
  readinessProbe: { httpGet: { path: '/readyz', port: 'metrics' }, periodSeconds: 1, timeoutSeconds: 3 },
  resources: block('resources', RESOURCES),
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
  volumeMounts: [
    { name: 'git-key', mountPath: KEY_FOLDER, readOnly: true },
    { name: 'data', mountPath: '/data' },
    { name: 'run', mountPath: '/run/weaveflux' },
    { name: 'tmp', mountPath: '/tmp' },
  ],
};

const POD_SPEC: Fields = {
  containers: [CONTAINER],
  serviceAccountName: 'weaveflux',
  automountServiceAccountToken: true,
  enableServiceLinks: false,
  terminationGracePeriodSeconds: 30,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: USER,
    runAsGroup: USER,
    fsGroup: USER,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  },
  nodeSelector: block('nodeSelector'),
  tolerations: block('tolerations'),
  volumes: [
    {
      name: 'git-key',
      secret: {
        secretName: slot('secretName'),
        optional: true,
        defaultMode: note('0400, and readable for the group that fsGroup names.', 0o400),
      },
    },
    {
      name: 'data',
      emptyDir: unless('persistent', { sizeLimit: '2Gi' }),
      persistentVolumeClaim: when('persistent', { claimName: 'weaveflux' }),
    },
    note('The copy of the key that ssh reads stays in memory.', {
      name: 'run',
      emptyDir: { medium: 'Memory', sizeLimit: '8Mi' },
    }),
    { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
  ],
  affinity: when('ha', {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: POD_LABEL } },
        },
      ],
    },
  }),
};

/** The Deployment: the args that people edit, and a pod that passes pod security `restricted`. */
export const DEPLOYMENT: Fields = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'weaveflux', namespace: slot('namespace'), labels: POD_LABEL },
  spec: {
    template: {
      metadata: {
        labels: {
          ...POD_LABEL,
          'weaveflux.dev/agent-environment': note(
            "As --environment says: people's tools find the agent by it.",
            slot('environment'),
          ),
        },
        annotations: {
          'prometheus.io/scrape': 'true',
          'prometheus.io/port': String(METRICS_PORT),
          'prometheus.io/path': '/metrics',
        },
      },
      spec: POD_SPEC,
    },
    replicas: when('ha', 2, 1),
    strategy: when(
      'ha',
      { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      { type: 'Recreate' },
    ),
    selector: { matchLabels: POD_LABEL },
  },
};

export const SERVICE: Fields = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'weaveflux', namespace: slot('namespace'), labels: POD_LABEL },
  spec: { selector: POD_LABEL, ports: [{ name: 'metrics', port: METRICS_PORT, targetPort: 'metrics' }] },
};

/** Of `ha`: one of the two stays when nodes are drained. */
export const DISRUPTION_BUDGET: Fields = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'weaveflux', namespace: slot('namespace'), labels: POD_LABEL },
  spec: { minAvailable: 1, selector: { matchLabels: POD_LABEL } },
};

/** Of `persistent`: mirror and known tags outlast the pod. */
export const CLAIM: Fields = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'weaveflux', namespace: slot('namespace'), labels: POD_LABEL },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
};
