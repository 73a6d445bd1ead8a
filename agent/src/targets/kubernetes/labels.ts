import { WeavefluxError } from '@weaveflux/shared';

/** The label of everything an environment manages; its value is the owner. */
export const ENVIRONMENT_LABEL = 'weaveflux.dev/environment';
/** The field manager of every write of ours. */
export const FIELD_MANAGER = 'weaveflux';
export const RECREATE_ANNOTATION = 'weaveflux.dev/recreate';
export const SUSPEND_ANNOTATION = 'weaveflux.dev/suspend';

const LABEL_VALUE = /^[a-z0-9A-Z]([a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?$/;
const CONFIG_MAP_NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

/** `<agent namespace>.<environment>`, the value of our label. INVALID_FLAG where it cannot be one. */
export function ownerOf(agentNamespace: string, environment: string): string {
  const owner = `${agentNamespace}.${environment}`;
  if (LABEL_VALUE.test(owner) && CONFIG_MAP_NAME.test(environment)) return owner;
  throw new WeavefluxError(
    'INVALID_FLAG',
    `--environment got "${environment}"; it takes lower-case letters, digits, "-" and ".", and with the agent's namespace ("${owner}") at most 63 characters.`,
  );
}

/** The namespace and the environment of an owner, or `undefined` where a label's value is none. */
export function parseOwner(owner: string): { readonly namespace: string; readonly environment: string } | undefined {
  const dot = owner.indexOf('.');
  if (dot <= 0 || dot === owner.length - 1) return undefined;
  return { namespace: owner.slice(0, dot), environment: owner.slice(dot + 1) };
}

/** The name of an inventory ConfigMap; the beginning of all of them without a number. */
export function inventoryName(environment: string, index: number | '' = ''): string {
  return `weaveflux-inventory-${environment}-${index}`;
}

/** The name of the Lease that the running agent holds. */
export function leaseName(environment: string): string {
  return `weaveflux-${environment}`;
}
