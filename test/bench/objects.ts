import type { Files } from '../rig/index.ts';

type Object = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
};
type Metadata = {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
};

/** Namespaces that the services of the benchmarks live in; they are there before anything is measured. */
export const NAMESPACES = ['shop', 'payment', 'logistics', 'analytics'] as const;

/** The objects of one small service: ConfigMap, headless Service, ServiceAccount, Deployment without replicas, Role. */
export function serviceObjects(index: number): Object[] {
  const name = `service-${String(index).padStart(3, '0')}`;
  const namespace = NAMESPACES[index % NAMESPACES.length] ?? NAMESPACES[0];
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': namespace, team: `team-${index % 7}` };
  const metadata = { name, namespace, labels };
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: {
        LOG_LEVEL: 'info',
        DATABASE_URL: `postgres://${name}.database.svc:5432/${name}`,
        'application.properties': `server.port=8080\nfeature.index=${index}\ncache.ttl=${index % 60}s\n`,
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        clusterIP: 'None',
        selector: { 'app.kubernetes.io/name': name },
        ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
      },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 0,
        selector: { matchLabels: { 'app.kubernetes.io/name': name } },
        template: { metadata: { labels }, spec: podSpec(name, index) },
      },
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: [name], verbs: ['get', 'watch'] }],
    },
  ];
}

function podSpec(name: string, index: number): unknown {
  return {
    serviceAccountName: name,
    containers: [
      {
        name: 'app',
        image: `registry.example.com/shop/${name}:1.${index}.0`,
        ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
        envFrom: [{ configMapRef: { name } }],
        env: [{ name: 'GOMAXPROCS', value: '2' }],
        resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 5 },
      },
    ],
  };
}

/** The objects of so many services. */
export function objectsOf(services: number): Object[] {
  return Array.from({ length: services }, (_, index) => serviceObjects(index)).flat();
}

/** A file for each service, as a person writes them. */
export function filesOf(services: number): Files {
  return Object.fromEntries(
    Array.from({ length: services }, (_, index) => {
      const [first, ...rest] = serviceObjects(index);
      const file = `${first?.metadata.namespace}/${first?.metadata.name}.yaml`;
      return [file, [first, ...rest].map((object) => toYaml(object)).join('---\n')];
    }),
  );
}

/** The namespaces, which the agent is given before the rest. */
export const NAMESPACE_FILES: Files = {
  'namespaces.yaml': NAMESPACES.map((name) => toYaml({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })).join(
    '---\n',
  ),
};

/** Plain block YAML of objects, lists and scalars. */
export function toYaml(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    return value.map((item) => `${indent}- ${toYaml(item, `${indent}  `).slice(indent.length + 2)}`).join('');
  }
  if (typeof value !== 'object' || value === null) return `${indent}${scalar(value, indent)}\n`;
  return Object.entries(value)
    .map(([key, inner]) => {
      const name = /^[\w./-]+$/.test(key) ? key : JSON.stringify(key);
      return typeof inner === 'object' && inner !== null
        ? `${indent}${name}:\n${toYaml(inner, `${indent}  `)}`
        : `${indent}${name}: ${scalar(inner, `${indent}  `)}\n`;
    })
    .join('');
}

function scalar(value: unknown, indent: string): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (value.endsWith('\n')) return `|\n${value.trimEnd().replace(/^/gm, indent)}`;
  return /^[a-zA-Z][\w./ -]*(:[\w./-]+)*$/.test(value) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(value)
    ? value
    : JSON.stringify(value);
}
