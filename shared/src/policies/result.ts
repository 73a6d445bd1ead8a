import { failure, type Problem } from '../problems.ts';
import type { Policy } from './types.ts';

/** What reading a policy gave: exactly one of both. */
export type PolicyResult =
  | { readonly policy: Policy; readonly invalid?: undefined }
  | { readonly policy?: undefined; readonly invalid: Problem };

/** A policy that cannot be understood; it admits nothing. */
export function invalidPolicy(text: string, why: string): PolicyResult {
  return {
    invalid: failure('INVALID_POLICY', `The policy "${text}" ${why}; nothing is released by it until it is corrected.`),
  };
}
