import type { IncomingMessage } from 'node:http';
import { isObject, WeavefluxError } from '@weaveflux/shared';
import type * as z from 'zod';
import { HttpError } from './http-error.ts';

/** Reads a JSON body of at most `limit` bytes. An empty body is `{}`; with `untyped` it may say no type. Errors: 400, 413, 415. */
export async function readJson(request: IncomingMessage, limit: number, { untyped = false } = {}): Promise<unknown> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  if (size === 0) return {};
  const type = request.headers['content-type'] ?? (untyped ? 'application/json' : '');
  if (!/^application\/(?:json|[\w.-]+\+json)\s*(?:;|$)/i.test(type)) {
    throw new HttpError(415, 'INVALID_REQUEST', 'The body must be JSON: send Content-Type: application/json.');
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw invalid(`The body is not JSON: ${error instanceof Error ? error.message : 'it cannot be parsed'}.`);
  }
}

/** Checks an input by its schema; a field that the schema does not know is refused, so that a typing error is never silently left out. */
export function check<S extends z.ZodType>(schema: S, input: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw invalid(`The ${what} is not valid: ${parsed.error.issues.map(sentence).join('; ')}.`);
  const unknown = unknownFields(input, parsed.data, []);
  if (unknown.length > 0) throw invalid(`The ${what} has unknown fields: ${unknown.join(', ')}.`);
  return parsed.data;
}

function invalid(message: string): WeavefluxError {
  return new WeavefluxError('INVALID_REQUEST', message);
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, 'INVALID_REQUEST', `The body is too large: at most ${limit} bytes are taken.`);
}

function sentence(issue: z.core.$ZodIssue): string {
  const message = issue.message.replace(/\.$/, '');
  return issue.path.length === 0 ? message : `${issue.path.join('.')}: ${message}`;
}

function unknownFields(input: unknown, parsed: unknown, path: readonly string[]): string[] {
  if (Array.isArray(input) && Array.isArray(parsed)) {
    return input.flatMap((entry, index) => unknownFields(entry, parsed[index], [...path, String(index)]));
  }
  if (!isObject(input) || !isObject(parsed)) return [];
  return Object.entries(input).flatMap(([key, value]) =>
    Object.hasOwn(parsed, key) ? unknownFields(value, parsed[key], [...path, key]) : [[...path, key].join('.')],
  );
}
