import * as l10n from '@vscode/l10n';

/** An address of `weaveflux.agents`: where the agent answers and what its token is kept under, or why it is not used. */
export type AgentUrl =
  | { readonly kind: 'usable'; readonly url: string; readonly origin: string }
  | { readonly kind: 'refused'; readonly message: string };

/** Checks an address: a token never travels in the clear, nor stands in the settings. */
export function readAgentUrl(text: string): AgentUrl {
  const written = text.trim();
  if (!URL.canParse(written)) return refused(written, l10n.t('is no address such as http://127.0.0.1:3030'));
  const url = new URL(written);
  const shown = `${url.protocol}//${url.host}`;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refused(shown, l10n.t('is neither https nor http'));
  if (url.username !== '' || url.password !== '')
    return refused(shown, l10n.t('has a login in it; take that out, the token is asked for and kept apart'));
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return refused(
      shown,
      l10n.t('is used over https only, as the token could be read on the way; or forward it to 127.0.0.1'),
    );
  return { kind: 'usable', url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, origin: url.origin };
}

/** Whether a host is this machine, whatever its names are elsewhere. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function refused(shown: string, why: string): AgentUrl {
  return { kind: 'refused', message: l10n.t('The address {0} in the setting weaveflux.agents {1}.', shown, why) };
}
