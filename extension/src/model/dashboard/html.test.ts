import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboardHtml } from './html.ts';

const FILES = {
  cspSource: 'https://*.vscode-cdn.net',
  script: 'https://file+.vscode-resource.vscode-cdn.net/dist/dashboard.js',
  style: 'https://file+.vscode-resource.vscode-cdn.net/dist/dashboard.css',
  nonce: 'SCRIPT',
  styleNonce: 'STYLE',
  locale: 'en',
  title: 'Weaveflux: production',
};

test('the page may run its own script and nothing else', () => {
  const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(dashboardHtml(FILES)) ?? [];
  assert.deepEqual(policy.replaceAll('&#39;', "'").split('; '), [
    "default-src 'none'",
    "script-src 'nonce-SCRIPT'",
    "style-src https://*.vscode-cdn.net 'nonce-STYLE'",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
});

test('the nonce of scripts stands nowhere but at the script', () => {
  const html = dashboardHtml(FILES).replace(/<meta http-equiv[^>]*>/, '');
  assert.equal(html.match(/SCRIPT/g)?.length, 1);
});

test('names are text, whatever they hold', () => {
  const html = dashboardHtml({ ...FILES, title: '</title><script>alert(1)</script>', locale: '"><img src=x>' });
  assert.doesNotMatch(html, /<script>alert|<img/);
});
