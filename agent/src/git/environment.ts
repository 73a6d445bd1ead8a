import type { Remote } from './remote.ts';

const PASSED_ON = [
  'PATH',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'TMPDIR',
] as const;

/** What git gets to know of the machine: enough to work, nothing that a user's or system's configuration could bend. */
export function gitEnvironment(outer: NodeJS.ProcessEnv, home: string, kind: Remote['kind']): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = outer[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    ...Object.fromEntries(passed),
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: kind === 'http' ? 'http:https' : kind,
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ATTR_NOSYSTEM: '1',
  };
}

/** Settings given to every call: no hooks, no helpers, no maintenance of its own in the background. */
export const GIT_SETTINGS: readonly string[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.quotePath', 'false'],
  ['credential.helper', ''],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['i18n.logOutputEncoding', 'UTF-8'],
  ['submodule.recurse', 'false'],
  ['push.gpgSign', 'false'],
  ['commit.gpgSign', 'false'],
].flatMap(([key, value]) => ['-c', `${key}=${value}`]);

/** User and password of proxies: they must not be shown either. */
export function proxySecrets(outer: NodeJS.ProcessEnv): string[] {
  return PASSED_ON.filter((name) => /proxy/i.test(name)).flatMap((name) => {
    const value = outer[name];
    if (value === undefined || !URL.canParse(value)) return [];
    const { password } = new URL(value);
    return password === '' ? [] : [decodeURIComponent(password)];
  });
}
