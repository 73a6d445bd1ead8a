import * as z from 'zod';
import { type About, ERROR_CODES, type ErrorCode, type WeavefluxError } from './errors.ts';

/** Something to tell a person: one sentence with its code and, where known, its object, file and line. */
export const problemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.enum(ERROR_CODES),
  message: z.string(),
  object: z.string().optional(),
  file: z.string().optional(),
  line: z.number().int().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** A problem that makes the revision count as failed. */
export function failure(code: ErrorCode, message: string, about: About = {}): Problem {
  return { severity: 'error', code, message, ...defined(about) };
}

/** A problem that is shown and changes nothing else. */
export function warning(code: ErrorCode, message: string, about: About = {}): Problem {
  return { severity: 'warning', code, message, ...defined(about) };
}

/** An error as a problem. */
export function toProblem(error: WeavefluxError): Problem {
  return failure(error.code, error.message, error.about);
}

function defined(about: About): { object?: string; file?: string; line?: number } {
  return {
    ...(about.object === undefined ? {} : { object: about.object }),
    ...(about.file === undefined ? {} : { file: about.file }),
    ...(about.line === undefined ? {} : { line: about.line }),
  };
}
