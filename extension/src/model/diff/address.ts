import * as l10n from '@vscode/l10n';
import * as z from 'zod';

const base = { environment: z.string() };

const subjectSchema = z.discriminatedUnion('kind', [
  /** One object of a file: left as it is in the cluster, right as the working copy has it. */
  z.object({ kind: z.literal('object'), ...base, file: z.string(), object: z.string() }),
  /** One object that differs from the repository: left as it is in the cluster, right as the repository has it. */
  z.object({ kind: z.literal('drift'), ...base, object: z.string() }),
  /** One object of a plan: left as it is, right as it would be. Without `revision`: of the working copy. */
  z.object({ kind: z.literal('plan'), ...base, revision: z.string().optional(), object: z.string() }),
  /** What a plan says in words, the same on both sides. */
  z.object({ kind: z.literal('summary'), ...base, revision: z.string().optional() }),
]);
const addressSchema = z.object({ subject: subjectSchema, side: z.enum(['left', 'right']) });

/** What is compared: environments by `Environment.id`, objects by `objectKey`. */
export type Subject = z.infer<typeof subjectSchema>;

/** What a virtual document shows. */
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
  return { path: `/${nameOf(ordered.subject)}.yaml`, query: JSON.stringify(ordered) };
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

/** A text that is the same for the same subject. */
export function subjectKey(subject: Subject): string {
  return JSON.stringify(subjectSchema.parse(subject));
}

function nameOf(subject: Subject): string {
  if (subject.kind === 'summary') {
    const what = subject.revision ?? l10n.t('the working copy');
    return l10n.t('plan of {0}', what).replaceAll('/', '-');
  }
  const [, kind = '', namespace = '', name = ''] = subject.object.split('/');
  return [namespace, kind.toLowerCase(), name].filter((part) => part !== '').join('/');
}
