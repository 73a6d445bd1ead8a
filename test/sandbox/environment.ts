import { SERVICES, type Service } from './services.ts';

/** The files of the sandbox's environment repository, by path; images live at `registry` (host:port). */
export function environmentFiles(registry: string): Record<string, string> {
  const files: Record<string, string> = {
    'README.md': '# The sandbox environment\n\nEverything below is kept true by Weaveflux.\n',
    'namespaces.yaml': ['shop', 'platform'].map(namespaceText).join('---\n'),
  };
  for (const service of SERVICES) files[pathOf(service)] = serviceText(service, registry);
  return files;
}

/** Where a service stands in the repository. */
export function pathOf(service: Service): string {
  return `${service.namespace}/${service.name}.yaml`;
}

/** The image repository of a service, without its registry. */
export function imageOf(service: Service): string {
  return `${service.namespace}/${service.name}`;
}

function namespaceText(name: string): string {
  return `apiVersion: v1
kind: Namespace
metadata:
  name: ${name}
`;
}

function serviceText(service: Service, registry: string): string {
  const { namespace, name } = service;
  return `apiVersion: apps/v1
kind: ${service.kind}
metadata:
  name: ${name}
  namespace: ${namespace}
  labels:
    app: ${name}
${annotations(service)}spec:
  replicas: ${service.replicas}
${service.kind === 'StatefulSet' ? `  serviceName: ${name}\n` : ''}  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
        - name: ${name}
          image: ${registry}/${imageOf(service)}:${service.tag}
          envFrom:
            - configMapRef:
                name: ${name}
          ports:
            - containerPort: 8080
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  clusterIP: None
  selector:
    app: ${name}
  ports:
    - port: 80
      targetPort: 8080
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  namespace: ${namespace}
data:
  LOG_LEVEL: info
  SERVICE_NAME: ${name}
`;
}

function annotations(service: Service): string {
  if (service.policy === undefined) return '';
  return `  annotations:
    weaveflux.dev/automated: "true"
    weaveflux.dev/tag.${service.name}: '${service.policy}'
`;
}
