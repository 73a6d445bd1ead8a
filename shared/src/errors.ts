/** Every code of a Weaveflux error, and whether trying again later can help. */
const RETRYABLE = {
  INVALID_FLAG: false,
  INVALID_REQUEST: false,
  NOT_FOUND: false,
  UNAUTHORIZED: false,
  READ_ONLY: false,
  INVALID_YAML: false,
  INVALID_MANIFEST: false,
  UNREADABLE_FILE: true,
  DUPLICATE_OBJECT: false,
  INVALID_SETTINGS: false,
  INVALID_POLICY: false,
  UNKNOWN_KEY: false,
  UNKNOWN_KIND: true,
  NOT_SUPPORTED: false,
  EDIT_CONFLICT: false,
  NEEDS_RELEASE: false,
  FORBIDDEN: true,
  NAMESPACE_NOT_ALLOWED: false,
  FOREIGN_OBJECT: true,
  IMMUTABLE_FIELD: false,
  REJECTED: true,
  CONFLICT: true,
  PRUNE_WAITS: false,
  UNHEALTHY: true,
  GIT_UNREACHABLE: true,
  GIT_AUTH: true,
  GIT_HOST_KEY: false,
  GIT_FAILED: true,
  PUSH_LOST: true,
  REGISTRY_UNREACHABLE: true,
  REGISTRY_AUTH: true,
  REGISTRY_RATE_LIMIT: true,
  REGISTRY_FAILED: true,
  API_UNREACHABLE: true,
  TIMEOUT: true,
  CANCELLED: true,
  INTERNAL: true,
} as const;

/** The closed set of what can go wrong. */
export type ErrorCode = keyof typeof RETRYABLE;

/** All codes, for schemas. */
export const ERROR_CODES = Object.keys(RETRYABLE) as [ErrorCode, ...ErrorCode[]];

/** What an error is about; each part only where it is known. */
export interface About {
  /** `objectKey` of the object. */
  object?: string | undefined;
  /** Path inside the repository. */
  file?: string | undefined;
  /** 1-based. */
  line?: number | undefined;
}

/** The one error type of the product. The message is one sentence: what happened, where, what to do. */
export class WeavefluxError extends Error {
  override readonly name = 'WeavefluxError';
  readonly code: ErrorCode;
  readonly about: About;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; about?: About } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.about = options.about ?? {};
  }
}

/** Whether what failed with this code is worth trying again without a change by a person. */
export function isRetryable(code: ErrorCode): boolean {
  return RETRYABLE[code];
}

/** Any thrown value as a WeavefluxError; an unknown one becomes INTERNAL, an abort CANCELLED, a timeout TIMEOUT. */
export function asWeavefluxError(error: unknown, about: About = {}): WeavefluxError {
  if (error instanceof WeavefluxError) return error;
  const name = error instanceof Error ? error.name : '';
  const message = error instanceof Error ? error.message : String(error);
  const code = name === 'AbortError' ? 'CANCELLED' : name === 'TimeoutError' ? 'TIMEOUT' : 'INTERNAL';
  return new WeavefluxError(code, message, { cause: error, about });
}
