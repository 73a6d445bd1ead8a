/** Proxies as the environment names them; an address or a list, empty = none. */
export interface Proxies {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  /** Hosts that are asked directly, separated by commas. */
  readonly noProxy: string;
}

/** Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, the lower case before the upper as curl does; `undefined` = no proxy is named. */
export function readProxies(env: NodeJS.ProcessEnv): Proxies | undefined {
  const read = (name: string): string => env[name.toLowerCase()] || env[name] || '';
  const proxies = { httpProxy: read('HTTP_PROXY'), httpsProxy: read('HTTPS_PROXY'), noProxy: read('NO_PROXY') };
  return proxies.httpProxy === '' && proxies.httpsProxy === '' ? undefined : proxies;
}
