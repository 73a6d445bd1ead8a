import { type ErrorCode, WeavefluxError } from '@weaveflux/shared';
import type { EcrHost } from './host.ts';

/** What was tried, as a person would say it: `read the tags of shop/cart`. */
type Wish = string;

const NO_RIGHT = new Set(['AccessDeniedException', 'UnrecognizedClientException', 'InvalidSignatureException']);
const THROTTLED = new Set(['ThrottlingException', 'TooManyRequestsException', 'LimitExceededException', 'Throttling']);

/** An error of AWS's client as one of ours, in a sentence that holds neither keys nor tokens. */
export function ecrFailure(error: unknown, { account, region }: EcrHost, wish: Wish): WeavefluxError {
  if (error instanceof WeavefluxError) return error;
  const name = error instanceof Error ? error.name : '';
  const registry = `Amazon ECR (account ${account}, ${region})`;
  const failed = (code: ErrorCode, why: string) =>
    new WeavefluxError(code, `${registry} could not ${wish}: ${why}.`, { cause: error });
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    return failed(
      'REGISTRY_AUTH',
      'no AWS identity was found; give the agent’s service account a role (IRSA or Pod Identity), or the node one',
    );
  }
  if (name === 'ExpiredTokenException' || name === 'ExpiredToken') {
    return failed('REGISTRY_AUTH', 'the AWS identity has expired; it is asked for anew at the next scan');
  }
  if (NO_RIGHT.has(name)) {
    return failed(
      'REGISTRY_AUTH',
      'the AWS identity has not the right to; attach AmazonEC2ContainerRegistryReadOnly to its role, and for another account a repository policy',
    );
  }
  if (THROTTLED.has(name)) return failed('REGISTRY_RATE_LIMIT', 'AWS refused the request as one too many');
  if (name === 'RepositoryNotFoundException') {
    return failed('NOT_FOUND', 'there is no such repository; check the name, or push it');
  }
  if (name === 'TimeoutError' || name === 'AbortError') return failed('TIMEOUT', 'AWS did not answer in time');
  if (isConnection(error)) return failed('REGISTRY_UNREACHABLE', `the AWS API does not answer (${codeOf(error)})`);
  return failed('REGISTRY_FAILED', `the AWS API answered ${/^\w+$/.test(name) ? name : 'something else'}`);
}

/** Whether the identity may log in but not use the API that tells of images. */
export function isAccessDenied(error: unknown): boolean {
  return error instanceof Error && error.name === 'AccessDeniedException';
}

function isConnection(error: unknown): boolean {
  return /^(?:E[A-Z_]{4,}|CERT_\w+|\w*SELF_SIGNED\w*)$/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : '';
}
