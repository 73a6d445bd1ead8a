import { type ErrorCode, WeavefluxError } from '@weaveflux/shared';
import { oneLine, QUOTED } from '../text/one-line.ts';
import { redact } from '../text/redact.ts';
import { ProcessFailure } from './process.ts';

/** What a failed call was about, for its sentence. */
export interface CallContext {
  /** Without credentials. */
  readonly url: string;
  readonly kind: 'ssh' | 'https' | 'http' | 'file';
  readonly host: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly secrets: readonly string[];
}

interface Rule {
  readonly code: ErrorCode;
  readonly when: RegExp;
  readonly say: (context: CallContext) => string;
}

const HOW_TO_TRUST =
  'get its key from whoever runs the host and add it to --ssh-known-hosts or to the key "known_hosts" of the Secret';

/** Order matters: the first that fits tells the cause, later ones its consequences. */
const RULES: readonly Rule[] = [
  {
    code: 'GIT_HOST_KEY',
    when: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/,
    say: ({ host }) =>
      `The host key of ${host} is not the one that is known, so somebody may stand between; nothing was sent. If the host really changed its key, ${HOW_TO_TRUST}, in place of the old one.`,
  },
  {
    code: 'GIT_HOST_KEY',
    when: /no matching host key type|Invalid key length|key is too (short|small)|Required(RSA|minimum)/i,
    say: ({ host }) =>
      `${host} offers only host keys that are too weak (RSA below 2048 bits, DSA or SHA-1); give it an ed25519 host key.`,
  },
  {
    code: 'GIT_HOST_KEY',
    when: /host key is known for|Host key verification failed/,
    say: ({ host }) => `The host key of ${host} is unknown, so it was not trusted: ${HOW_TO_TRUST}.`,
  },
  {
    code: 'GIT_HOST_KEY',
    when: /certificate (verif|has expired|is not|problem|subject)|SSL certificate|self.signed certificate|unable to get local issuer/i,
    say: ({ host }) =>
      `The TLS certificate of ${host} could not be verified; give the agent the right CA by SSL_CERT_FILE, or renew the certificate.`,
  },
  {
    code: 'GIT_AUTH',
    when: /Load key .*(invalid format|libcrypto|passphrase|bad permissions)|UNPROTECTED PRIVATE KEY|incorrect passphrase/i,
    say: () =>
      'The ssh key of the agent cannot be read; it takes an unencrypted private key in OpenSSH or PEM format in the Secret.',
  },
  {
    code: 'GIT_AUTH',
    when: /marked as read.only|read.only (deploy )?key|write access to repository not granted|not allowed to (push|upload)|Permission to .* denied|deploy key does not have write/i,
    say: ({ url }) =>
      `The credentials may read ${url} but not push to it; give the key or token write access, or run with --git-readonly.`,
  },
  {
    code: 'GIT_AUTH',
    when: /Permission denied|Authentication failed|could not read (Username|Password)|Invalid username or (password|token)|Access denied|returned error: 40[13]|Too many authentication failures|unable to get password/i,
    say: ({ url, kind }) =>
      kind === 'ssh'
        ? `${url} does not accept the agent's ssh key; add the key that "weaveflux identity" prints as a deploy key with write access.`
        : `${url} does not accept the agent's user and token; check --git-https-token-file or the keys "username" and "password" (or "token") of the Secret.`,
  },
  {
    code: 'GIT_AUTH',
    when: /returned error: 404|repository .*not found|Repository not found|does not appear to be a git repository|project you were looking for could not be found/i,
    say: ({ url }) =>
      `There is no repository at ${url}, or the agent's credentials may not see it; check --git-url and the access of the key or token.`,
  },
  {
    code: 'GIT_UNREACHABLE',
    when: /Could not resolve|Name or service not known|name resolution|Connection (refused|timed out|reset|closed)|Network is unreachable|No route to host|timed out|Failed to connect|Couldn't connect|kex_exchange_identification|hung up unexpectedly|early EOF|Broken pipe|returned error: (5\d\d|429)|Empty reply from server|gnutls|TLS|SSL|unexpected disconnect/i,
    say: ({ url, host }) =>
      `${host || url} cannot be reached; check the address in --git-url, the network and its proxy.`,
  },
];

/** A failed call as one sentence of ours: what happened, where, what to do. Nothing secret is in it. */
export function gitFailure(error: unknown, context: CallContext): WeavefluxError {
  if (error instanceof WeavefluxError) return error;
  if (!(error instanceof ProcessFailure)) return new WeavefluxError('INTERNAL', clean(String(error), context));
  const { url, timeout, kind } = context;
  if (error.reason === 'cancelled') return new WeavefluxError('CANCELLED', `The call to ${url} was cancelled.`);
  if (error.reason === 'spawn')
    return new WeavefluxError(
      'GIT_FAILED',
      `git could not be started; install git 2.39 or later (${clean(error.stderr, context)}).`,
    );
  if (error.reason === 'timeout')
    return new WeavefluxError(
      'GIT_UNREACHABLE',
      `${url} gave no answer within ${timeout / 1000}s; check the network, or raise --git-timeout.`,
    );
  if (error.reason === 'too-big')
    return new WeavefluxError('GIT_FAILED', `${url} holds more than can be read at once; narrow it with --git-path.`);
  const rule = kind === 'file' ? undefined : RULES.find(({ when }) => when.test(error.stderr));
  if (rule !== undefined) return new WeavefluxError(rule.code, rule.say(context), withDetail(error, context));
  if (kind === 'file' && /does not (exist|appear)|not found/.test(error.stderr))
    return new WeavefluxError('GIT_UNREACHABLE', `There is no repository at ${url}; check --git-url.`);
  return new WeavefluxError(
    'GIT_FAILED',
    `git failed for ${url}: ${lastWords(error.stderr, context)}`,
    withDetail(error, context),
  );
}

/** Whether a call failed because the mirror on disk is damaged, so that only a fresh one helps. */
export function isCorrupt(error: unknown): boolean {
  if (!(error instanceof ProcessFailure) || error.reason !== 'exit') return false;
  return /not a git repository|is corrupt|bad object|bad tree|missing (blob|tree|commit)|unable to (read|unpack|parse) (tree|object|commit|sha1|[0-9a-f]{40})|[Cc]ould not read|inflate: data stream|invalid sha1 pointer|did not send all necessary objects|cannot be mapped|garbage at end|does not match index|packfile .* (index|corrupt)|broken ref|object file .* is empty|does not point to a valid object|reference broken/.test(
    error.stderr,
  );
}

/** The line of git's that says most, redacted. */
export function lastWords(stderr: string, context: Pick<CallContext, 'secrets'>): string {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  const telling = lines.filter((line) => /^(fatal|error|remote: (error|fatal|!)|ERROR)/.test(line));
  return clean(telling[0] ?? lines.at(-1) ?? 'no reason given', context);
}

function withDetail(error: ProcessFailure, context: CallContext): { cause: unknown } {
  return { cause: new Error(lastWords(error.stderr, context)) };
}

function clean(text: string, { secrets }: Pick<CallContext, 'secrets'>): string {
  return oneLine(redact(text, secrets), QUOTED);
}
