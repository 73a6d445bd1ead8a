import * as z from 'zod';

/** The scheme of our read-only documents. */
export const SCHEME = 'weaveflux';

const side = z.enum(['left', 'right']);
const base = { environment: z.string() };

const addressSchema = z.discriminatedUnion('kind', [
  /** One object of a file: left as it is in the cluster, right as the working copy has it. */
  z.object({ kind: z.literal('object'), ...base, file: z.string(), object: z.string(), side }),
  /** One object that differs from the repository: left as it is in the cluster, right as the repository has it. */
  z.object({ kind: z.literal('drift'), ...base, object: z.string(), side }),
  /** One object of a plan: left as it is, right as it would be. Without `revision`: of the working copy. */
  z.object({ kind: z.literal('plan'), ...base, revision: z.string().optional(), object: z.string(), side }),
  /** What a plan says in words. */
  z.object({ kind: z.literal('summary'), ...base, revision: z.string().optional() }),
]);

/** What a virtual document shows: environments by `Environment.id`, objects by `objectKey`. */
export type Address = z.infer<typeof addressSchema>;

/** The parts of a URI that hold an address. */
export interface AddressParts {
  /** Says in tabs what the document is about, and by its ending that it is YAML. */
  readonly path: string;
  readonly query: string;
}

/** The address as parts of a URI of our scheme; equal addresses have equal parts. */
export function encodeAddress(address: Address): AddressParts {
  const ordered = addressSchema.parse(address);
  return { path: `/${nameOf(ordered)}.yaml`, query: JSON.stringify(ordered) };
}

/** The address in a URI of our scheme, or `undefined` where it holds none. */
export function parseAddress({ query }: Pick<AddressParts, 'query'>): Address | undefined {
  try {
    return addressSchema.safeParse(JSON.parse(query)).data;
  } catch {
    // Not JSON, so nobody made it by `encodeAddress`.
    return undefined;
  }
}

function nameOf(address: Address): string {
  if (address.kind === 'summary') return `plan of ${address.revision ?? 'the working copy'}`.replaceAll('/', '-');
  const [, kind = '', namespace = '', name = ''] = address.object.split('/');
  return [namespace, kind.toLowerCase(), name].filter((part) => part !== '').join('/');
}
