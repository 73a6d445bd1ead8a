import * as z from 'zod/mini';
import { actionSchema } from './commands.ts';
import { SERVICE_STATES, snapshotSchema } from './snapshot.ts';
import { STRING_KEYS } from './strings.ts';

/** What the host tells the page: first `hello`, in answer to `ready`; then whole snapshots, each in place of the last. */
export const hostMessageSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('hello'),
    /** `Environment.id`. */
    environment: z.string(),
    /** As VS Code names it: `en`, `de`, `pt-br`. */
    locale: z.string(),
    strings: z.record(z.enum(STRING_KEYS), z.string()),
  }),
  z.strictObject({ kind: z.literal('snapshot'), snapshot: snapshotSchema }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;

/** What the page tells the host. */
export const pageMessageSchema = z.discriminatedUnion('kind', [
  /** It listens: what it shows may be sent. */
  z.strictObject({ kind: z.literal('ready') }),
  z.strictObject({ kind: z.literal('act'), action: actionSchema }),
  /** Something went wrong in the page; for the log. */
  z.strictObject({ kind: z.literal('problem'), message: z.string().check(z.maxLength(2000)) }),
]);
export type PageMessage = z.infer<typeof pageMessageSchema>;

/** What the page remembers of the person's choices, also over a restart of VS Code. */
export const pageStateSchema = z.object({
  /** `Environment.id`: which dashboard this is. */
  environment: z.string(),
  range: z._default(z.enum(['day', 'week']), 'day'),
  filter: z._default(z.string(), ''),
  /** States of services that are shown; empty = all. */
  states: z._default(z.array(z.enum(SERVICE_STATES)), []),
  /** The service, the mark of the timeline and the bar of the chart that the Tab key reaches. */
  service: z.optional(z.string()),
  mark: z.optional(z.string()),
  arrival: z.optional(z.string()),
  /** Whether the timeline's list is open. */
  listed: z._default(z.boolean(), false),
  /** Pixels that the page is scrolled down. */
  scroll: z._default(z.number(), 0),
});
export type PageState = z.infer<typeof pageStateSchema>;

/** A message as far as it is one; `undefined` for all else. */
export function readMessage<T extends z.core.$ZodType>(schema: T, message: unknown): z.core.output<T> | undefined {
  const read = z.safeParse(schema, message);
  return read.success ? read.data : undefined;
}
