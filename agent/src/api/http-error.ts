import { type ErrorCode, WeavefluxError } from '@weaveflux/shared';

/** An error that decides its own HTTP status. */
export class HttpError extends WeavefluxError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(code, message);
    this.status = status;
    this.headers = headers;
  }
}

const STATUS: Readonly<Record<ErrorCode, number>> = {
  INVALID_FLAG: 400,
  INVALID_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NAMESPACE_NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  READ_ONLY: 409,
  CONFLICT: 409,
  EDIT_CONFLICT: 409,
  PUSH_LOST: 409,
  NEEDS_RELEASE: 409,
  PRUNE_WAITS: 409,
  FOREIGN_OBJECT: 409,
  INVALID_YAML: 422,
  INVALID_MANIFEST: 422,
  INVALID_POLICY: 422,
  INVALID_SETTINGS: 422,
  DUPLICATE_OBJECT: 422,
  UNKNOWN_KEY: 422,
  UNKNOWN_KIND: 422,
  IMMUTABLE_FIELD: 422,
  REJECTED: 422,
  UNHEALTHY: 422,
  INTERNAL: 500,
  NOT_SUPPORTED: 501,
  UNREADABLE_FILE: 502,
  GIT_UNREACHABLE: 502,
  GIT_AUTH: 502,
  GIT_HOST_KEY: 502,
  GIT_FAILED: 502,
  REGISTRY_UNREACHABLE: 502,
  REGISTRY_AUTH: 502,
  REGISTRY_RATE_LIMIT: 502,
  REGISTRY_FAILED: 502,
  API_UNREACHABLE: 502,
  CANCELLED: 503,
  TIMEOUT: 504,
};

/** The HTTP status of an error: 4xx where the caller can help it, 5xx where the agent or something behind it cannot. */
export function httpStatus(error: WeavefluxError): number {
  return error instanceof HttpError ? error.status : STATUS[error.code];
}
