import { type Suspension, suspensionSchema } from '@weaveflux/shared';
import * as z from 'zod';

const listSchema = z.array(suspensionSchema);

/**
 * The suspensions that the annotation tells. A text that is not ours still suspends the whole environment: who wrote
 * it by hand meant to stop us.
 */
export function readSuspensions(text: string | undefined): Suspension[] {
  if (text === undefined || text === '' || text === 'false') return [];
  const parsed = listSchema.safeParse(parsedJson(text));
  if (parsed.success) return parsed.data;
  const reason = text === 'true' ? 'set by annotation' : text.slice(0, 500);
  return [{ reason, by: 'annotation weaveflux.dev/suspend', since: '1970-01-01T00:00:00Z' }];
}

/** The value of a JSON text, `undefined` where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
