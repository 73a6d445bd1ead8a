import type { Fluxd } from './fluxd.ts';

/** Reads one key of a Secret or ConfigMap in fluxd's namespace; `undefined` where it cannot. */
export type ReadKey = (kind: 'Secret' | 'ConfigMap', name: string, key: string) => Promise<string | undefined>;

/** A `$(NAME)` of a flag, or an escaped `$$`. */
const REFERENCE = /\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)/g;

/** The names of the variables that a text refers to. */
export function referencesOf(text: string): readonly string[] {
  return [...text.matchAll(REFERENCE)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

/** A text with its references replaced as the kubelet does it; what is not known stays as written. */
export function expand(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(REFERENCE, (whole, name: string | undefined) =>
    name === undefined ? '$' : (values.get(name) ?? whole),
  );
}

/** The flags with the variables put in whose value stands in the Deployment itself. */
export function withLiterals(fluxd: Fluxd): readonly string[] {
  const literal = new Map(
    fluxd.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])),
  );
  return fluxd.args.map((word) =>
    referencesOf(word).some((name) => literal.has(name)) ? expand(word, literal) : word,
  );
}

/** The values of the variables that fluxd's flags refer to. They may be secret: nothing of them may be shown. */
export async function variablesOf(fluxd: Fluxd, read: ReadKey): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (const name of new Set(fluxd.args.flatMap(referencesOf))) {
    const value = (await fromEnv(fluxd, name, read)) ?? (await fromSources(fluxd, name, read));
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

async function fromEnv(fluxd: Fluxd, name: string, read: ReadKey): Promise<string | undefined> {
  const variable = fluxd.env.findLast((one) => one.name === name);
  if (variable?.value !== undefined) return variable.value;
  const { secretKeyRef: secret, configMapKeyRef: configMap } = variable?.valueFrom ?? {};
  if (secret?.name !== undefined && secret.key !== undefined) return read('Secret', secret.name, secret.key);
  if (configMap?.name !== undefined && configMap.key !== undefined)
    return read('ConfigMap', configMap.name, configMap.key);
  return undefined;
}

async function fromSources(fluxd: Fluxd, name: string, read: ReadKey): Promise<string | undefined> {
  for (const { prefix = '', secretRef, configMapRef } of fluxd.envFrom.toReversed()) {
    if (!name.startsWith(prefix)) continue;
    const key = name.slice(prefix.length);
    const value =
      (secretRef?.name === undefined ? undefined : await read('Secret', secretRef.name, key)) ??
      (configMapRef?.name === undefined ? undefined : await read('ConfigMap', configMapRef.name, key));
    if (value !== undefined) return value;
  }
  return undefined;
}
