/** A text without the secrets, and without any user and password in a URL, whoever put them there. */
export function redact(text: string, secrets: Iterable<string>): string {
  let shown = text;
  for (const secret of secrets) {
    for (const form of new Set([secret, encodeURIComponent(secret), encodeURI(secret)])) {
      // Shorter ones would tear holes into ordinary words and are no secrets worth the name.
      if (form.length >= 4) shown = shown.replaceAll(form, '***');
    }
  }
  return shown.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]*@/gi, (match, scheme: string) =>
    /^ssh/i.test(scheme) && !match.slice(scheme.length).includes(':') ? match : `${scheme}***@`,
  );
}

/** One line without control characters, cut to a length that fits a sentence. */
export function oneLine(text: string, length = 300): string {
  const line = text
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}
