import { WeavefluxError } from '../src/errors.ts';
import type { ClusterCredentials } from './cluster-access.ts';

const REUSE_FOR = 10_000;

/**
 * Credentials that only a program or an identity provider can give (`exec`, `auth-provider`, oidc), by the official
 * client, which is loaded at the first call because it costs much memory. `text` is a kubeconfig as JSON.
 */
export function execCredentials(
  text: string,
  context: string,
  now: () => number = Date.now,
): (renew?: boolean) => Promise<ClusterCredentials> {
  let held: { value: ClusterCredentials; at: number } | undefined;
  let running: Promise<ClusterCredentials> | undefined;

  async function ask(): Promise<ClusterCredentials> {
    const { KubeConfig } = await import('@kubernetes/client-node');
    const config = new KubeConfig();
    config.loadFromString(text);
    config.setCurrentContext(context);
    const options: { headers?: Record<string, string>; cert?: unknown; key?: unknown; auth?: string | null } = {};
    try {
      await config.applyToHTTPSOptions(options as Parameters<typeof config.applyToHTTPSOptions>[0]);
    } catch (cause) {
      throw new WeavefluxError(
        'UNAUTHORIZED',
        `The login of kubeconfig context "${context}" failed; run kubectl with this context to see why.`,
        { cause },
      );
    }
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = String(value);
    if (options.auth) headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
    if (!options.cert || !options.key) return { headers };
    return { headers, certificate: { cert: String(options.cert), key: String(options.key) } };
  }

  return async (renew = false) => {
    if (held !== undefined && !renew && now() - held.at < REUSE_FOR) return held.value;
    running ??= ask().finally(() => {
      running = undefined;
    });
    const value = await running;
    held = { value, at: now() };
    return value;
  };
}
