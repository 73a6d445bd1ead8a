import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Certificate } from '../certificates.ts';
import { basicCredentials } from './door.ts';

/** The names that the registry and its issuer have agreed on. */
export const SERVICE = 'rig-registry';
export const ISSUER = 'rig-issuer';

/** Issues the bearer tokens of a registry (Docker's token authentication; RS256, RFC 7519). The registry judges them. */
export interface TokenIssuer {
  /** Seconds that a token lasts, 300 at first. Registries allow a minute more: below -60 it is expired at birth. */
  lifetime: number;
  /** How many were issued. */
  issued: number;
  /** A token for these scopes ("repository:team/app:pull,push"). */
  issue(user: string, scopes: readonly string[]): string;
  /** Answers `/token`; true when the request was that. */
  intercept(request: IncomingMessage, response: ServerResponse): boolean;
}

/** Makes an issuer whose certificate (RSA) the registry trusts. Without users everybody gets a token. */
export function createTokenIssuer(certificate: Certificate, users: Readonly<Record<string, string>>): TokenIssuer {
  const key = createPrivateKey(certificate.key);
  const chain = [new X509Certificate(certificate.cert).raw.toString('base64')];
  const issuer: TokenIssuer = {
    lifetime: 300,
    issued: 0,
    issue(user, scopes) {
      const now = Math.floor(Date.now() / 1000);
      const times = { iat: now, nbf: now - 3600, exp: now + issuer.lifetime };
      const claims = {
        iss: ISSUER,
        sub: user,
        aud: SERVICE,
        jti: randomUUID(),
        ...times,
        access: scopes.flatMap(access),
      };
      const unsigned = `${encode({ typ: 'JWT', alg: 'RS256', x5c: chain })}.${encode(claims)}`;
      return `${unsigned}.${sign('sha256', Buffer.from(unsigned), key).toString('base64url')}`;
    },
    intercept(request, response) {
      const target = new URL(request.url ?? '/', 'http://rig');
      if (target.pathname !== '/token') return false;
      const [name, password] = basicCredentials(request.headers.authorization) ?? [''];
      if (Object.keys(users).length > 0 && !(Object.hasOwn(users, name) && users[name] === password)) {
        response
          .writeHead(401, { 'www-authenticate': 'Basic realm="rig"' })
          .end('{"details":"wrong name or password"}\n');
        return true;
      }
      const token = issuer.issue(
        name,
        target.searchParams.getAll('scope').flatMap((scope) => scope.split(' ')),
      );
      issuer.issued += 1;
      const body = { token, access_token: token, expires_in: issuer.lifetime, issued_at: new Date().toISOString() };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      return true;
    },
  };
  return issuer;
}

function access(scope: string): { type: string; name: string; actions: string[] }[] {
  const [type = '', ...rest] = scope.split(':');
  const actions = rest.pop();
  return actions ? [{ type, name: rest.join(':'), actions: actions.split(',') }] : [];
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
