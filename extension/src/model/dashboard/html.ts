/** What the page is made of. */
export interface PageFiles {
  /** `Webview.cspSource`: where the files of the extension come from. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  /** Of the script; used once. */
  readonly nonce: string;
  /**
   * Of the one empty style element with which the toolkit finds out what the browser can do; another one than the
   * script's, because it stands where a page can read it.
   */
  readonly styleNonce: string;
  readonly locale: string;
  readonly title: string;
}

/** The page before its script fills it. Nothing is loaded, run or sent but what is named here. */
export function dashboardHtml(files: PageFiles): string {
  const { cspSource, script, style, nonce, styleNonce, locale, title } = files;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${styleNonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escaped(locale)}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta property="csp-nonce" content="${escaped(styleNonce)}">
    <link rel="stylesheet" href="${escaped(style)}">
    <title>${escaped(title)}</title>
  </head>
  <body>
    <main id="page"></main>
    <div id="live" class="hidden" role="status" aria-live="polite"></div>
    <div id="popover" aria-hidden="true" hidden></div>
    <script nonce="${escaped(nonce)}" src="${escaped(script)}"></script>
  </body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
