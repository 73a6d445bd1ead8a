import { type Json, type JsonObject, WeavefluxError } from '@weaveflux/shared';
import * as z from 'zod';

const text = z.string();
const reference = z.object({ name: text.optional(), key: text.optional() });
const variableSchema = z.object({
  name: text,
  value: text.optional(),
  valueFrom: z.object({ secretKeyRef: reference.optional(), configMapKeyRef: reference.optional() }).optional(),
});
const sourceSchema = z.object({
  prefix: text.optional(),
  secretRef: reference.optional(),
  configMapRef: reference.optional(),
});
const mountSchema = z.looseObject({ name: text, mountPath: text, subPath: text.optional() });
const volumeSchema = z.looseObject({
  name: text,
  secret: z.looseObject({ secretName: text.optional() }).optional(),
  configMap: z.looseObject({ name: text.optional() }).optional(),
});
const containerSchema = z.object({
  name: text,
  image: text.default(''),
  command: z.array(text).nullish(),
  args: z.array(text).nullish(),
  env: z.array(variableSchema).nullish(),
  envFrom: z.array(sourceSchema).nullish(),
  volumeMounts: z.array(mountSchema).nullish(),
});
const selectorSchema = z.object({
  matchLabels: z.record(text, text).nullish(),
  matchExpressions: z.array(z.object({ key: text, operator: text, values: z.array(text).nullish() })).nullish(),
});
const deploymentSchema = z.object({
  kind: z.literal('Deployment'),
  metadata: z.object({
    name: text,
    namespace: text.optional(),
    labels: z.record(text, text).nullish(),
  }),
  spec: z.object({
    replicas: z.number().nullish(),
    selector: selectorSchema.nullish(),
    template: z.object({
      spec: z.object({
        containers: z.array(containerSchema),
        initContainers: z.array(containerSchema).nullish(),
        volumes: z.array(volumeSchema).nullish(),
        imagePullSecrets: z.array(z.object({ name: text.optional() })).nullish(),
      }),
    }),
  }),
  status: z.object({ replicas: z.number().nullish() }).nullish(),
});

/** A variable of a container's environment, or where its value comes from. */
export type Variable = z.infer<typeof variableSchema>;
/** A Secret or ConfigMap of which every key is a variable. */
export type VariableSource = z.infer<typeof sourceSchema>;
export type Volume = z.infer<typeof volumeSchema>;
export type Mount = z.infer<typeof mountSchema>;

/** A Flux v1 daemon, as its Deployment has it. */
export interface Fluxd {
  /** As `metadata` has it; '' where a file names none. */
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The pods that are wanted or counted on the Deployment; those that are ending are not. */
  readonly pods: number;
  /** What its pods are listed by; '' = nothing does. */
  readonly selector: string;
  readonly image: string;
  /** Flags as written, `$(VARIABLE)` not yet replaced. */
  readonly args: readonly string[];
  readonly env: readonly Variable[];
  readonly envFrom: readonly VariableSource[];
  readonly volumes: readonly Volume[];
  readonly mounts: readonly Mount[];
  readonly imagePullSecrets: readonly string[];
  /** The other containers of its pod, `name (image)`. */
  readonly sidecars: readonly string[];
}

/** The image's name ends in `flux`, whoever copied it where. */
const FLUXD = /(^|\/)flux(-prerelease)?(:[^/]*)?(@[^/]*)?$/;
const HELM_OPERATOR = /(^|\/)helm-operator(-prerelease)?(:[^/]*)?(@[^/]*)?$/;
const OURS = /(^|\/)weaveflux[^/]*$/;

/** The fluxd of a Deployment, or `undefined` where it is none. INVALID_REQUEST for what is no Deployment at all. */
export function readFluxd(object: JsonObject | Json, where: string): Fluxd | undefined {
  const parsed = deploymentSchema.safeParse(object);
  if (!parsed.success)
    throw new WeavefluxError(
      'INVALID_REQUEST',
      `${where} is no Deployment as Kubernetes has them (${parsed.error.issues[0]?.path.join('.') || 'no mapping'}); give the Deployment of fluxd, as from "kubectl -n flux get deployment flux -o yaml".`,
    );
  const { metadata, spec, status } = parsed.data;
  const { containers, volumes, imagePullSecrets } = spec.template.spec;
  const container = containers.find(isFluxd);
  if (container === undefined) return undefined;
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    labels: metadata.labels ?? {},
    pods: Math.max(spec.replicas ?? 1, status?.replicas ?? 0),
    selector: selectorOf(spec.selector),
    image: container.image,
    args: argumentsOf(container.command ?? [], container.args ?? []),
    env: container.env ?? [],
    envFrom: container.envFrom ?? [],
    volumes: volumes ?? [],
    mounts: container.volumeMounts ?? [],
    imagePullSecrets: (imagePullSecrets ?? []).flatMap(({ name }) => (name === undefined ? [] : [name])),
    sidecars: containers.filter((one) => one !== container).map(({ name, image }) => `${name} (${image})`),
  };
}

/** The name of the Helm Operator's Deployment, `namespace/name`, or `undefined` where the Deployment is none. */
export function readHelmOperator(object: JsonObject): string | undefined {
  const parsed = deploymentSchema.safeParse(object);
  if (!parsed.success) return undefined;
  const { metadata, spec } = parsed.data;
  const found = spec.template.spec.containers.some(({ image }) => HELM_OPERATOR.test(image));
  return found ? `${metadata.namespace ?? ''}/${metadata.name}` : undefined;
}

function isFluxd({ image, command, args }: z.infer<typeof containerSchema>): boolean {
  if (FLUXD.test(image)) return true;
  if (OURS.test(image) || HELM_OPERATOR.test(image)) return false;
  return [...(command ?? []), ...(args ?? [])].some((word) => /^--git-url(=|$)/.test(word));
}

/** A command that names the program itself may hold flags behind it. */
function argumentsOf(command: readonly string[], args: readonly string[]): readonly string[] {
  const program = command.findLastIndex((word) => /(^|\/)fluxd$/.test(word));
  return [...(program < 0 ? [] : command.slice(program + 1)), ...args];
}

/** A Deployment's selector as the API's lists take it. */
function selectorOf(selector: z.infer<typeof selectorSchema> | null | undefined): string {
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const others = (selector?.matchExpressions ?? []).map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${(values ?? []).join(',')})`;
  });
  return [...labels, ...others].join(',');
}
