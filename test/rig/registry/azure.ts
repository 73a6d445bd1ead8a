import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** What a registry of Azure has seen of logins. */
export interface AzureLogins {
  /** The forms that were sent to `/oauth2/exchange` and `/oauth2/token`. */
  readonly forms: URLSearchParams[];
  intercept(request: IncomingMessage, response: ServerResponse): boolean;
}

const REFRESH_TOKEN = 'rig-refresh-token';
const ACCESS_TOKEN = 'rig-access-token';

/**
 * The login of Azure Container Registry at `host`: an access token of the identity against a refresh token, and that against
 * access to a repository (Azure Container Registry, "Authentication API").
 */
export function createAzureLogins(host: string, identityToken: string): AzureLogins {
  const forms: URLSearchParams[] = [];

  async function answerForm(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    forms.push(form);
    const exchanges = request.url === '/oauth2/exchange';
    const [sent, expected] = exchanges
      ? [form.get('access_token'), identityToken]
      : [form.get('refresh_token'), REFRESH_TOKEN];
    if (sent !== expected || form.get('service') !== host) return void response.writeHead(401).end('{}');
    const token = exchanges ? { refresh_token: REFRESH_TOKEN } : { access_token: ACCESS_TOKEN };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
  }

  return {
    forms,
    intercept(request, response) {
      if (request.method === 'POST' && /^\/oauth2\/(exchange|token)$/.test(request.url ?? '')) {
        answerForm(request, response).catch(() => response.destroy());
        return true;
      }
      if (request.headers.authorization === `Bearer ${ACCESS_TOKEN}`) return false;
      const challenge = `Bearer realm="https://${host}/oauth2/token",service="${host}"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end('{}');
      return true;
    },
  };
}
