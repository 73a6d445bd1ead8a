import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProxies } from './proxies.ts';

const CASES: readonly [string, NodeJS.ProcessEnv, ReturnType<typeof readProxies>][] = [
  ['no proxy is named', { NO_PROXY: 'localhost' }, undefined],
  ['an empty one is none', { HTTPS_PROXY: '' }, undefined],
  ['upper case', { HTTPS_PROXY: 'http://p:1' }, { httpProxy: '', httpsProxy: 'http://p:1', noProxy: '' }],
  [
    'lower case goes first',
    { https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:1', no_proxy: 'x', HTTP_PROXY: 'http://c:1' },
    { httpProxy: 'http://c:1', httpsProxy: 'http://a:1', noProxy: 'x' },
  ],
];

for (const [what, env, expected] of CASES) test(what, () => assert.deepEqual(readProxies(env), expected));
