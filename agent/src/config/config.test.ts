import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WeavefluxError } from '@weaveflux/shared';
import { parseConfig } from './config.ts';
import { flagsHelp, flagsReference } from './document.ts';
import { FLAGS } from './flags.ts';
import { REFUSED, REPLACED } from './flux-flags.ts';
import type { AgentConfig } from './types.ts';

const URL_FLAG = '--git-url=git@example.com:team/env.git';

function parse(argv: readonly string[], env: NodeJS.ProcessEnv = {}, file = ''): AgentConfig {
  const { config } = parseConfig([URL_FLAG, ...argv], { HOME: '/home/ada', ...env }, (path) => {
    if (file === '') throw new Error(`no such file: ${path}`);
    return file;
  });
  return config;
}

function refusal(argv: readonly string[], env: NodeJS.ProcessEnv = {}, file = ''): string {
  try {
    parse(argv, env, file);
  } catch (error) {
    assert(error instanceof WeavefluxError, String(error));
    assert.equal(error.code, 'INVALID_FLAG');
    return error.message;
  }
  return assert.fail(`${argv.join(' ')} was taken`);
}

describe('defaults', () => {
  it("are Flux v1's, except those that differ on purpose", () => {
    assert.deepEqual(parse([]), {
      gitUrl: 'git@example.com:team/env.git',
      gitBranch: undefined,
      gitPaths: [],
      gitPollInterval: 30_000,
      gitTimeout: 20_000,
      gitUser: 'Weave Flux',
      gitEmail: 'support@weave.works',
      gitSetAuthor: false,
      gitSigning: undefined,
      gitReadonly: false,
      gitSkipMessage: undefined,
      gitHttps: {},
      forge: undefined,
      sshKnownHosts: undefined,
      syncInterval: 300_000,
      syncTimeout: 60_000,
      automationInterval: 60_000,
      unautomatedScanInterval: 900_000,
      rollbackOnFailedHealth: false,
      healthDeadline: 600_000,
      registryRps: 10,
      registryBurst: 10,
      registryIncludeImage: [],
      registryExcludeImage: ['k8s.gcr.io/*'],
      registryInsecureHosts: [],
      registryDisableScanning: false,
      registryEcr: { regions: [], includeIds: [], excludeIds: ['602401143452', '918309763551'] },
      hookSecretFile: undefined,
      registryCertsDir: undefined,
      sigstoreTrustedRoot: undefined,
      dockerConfig: undefined,
      k8sSecretName: 'flux-git-deploy',
      k8sSecretDataKey: 'identity',
      k8sSecretVolumeMountPath: '/etc/fluxd/ssh',
      k8sAllowNamespaces: [],
      k8sDefaultNamespace: undefined,
      agentNamespace: undefined,
      k8sServiceAccount: undefined,
      leaderElection: false,
      garbageCollection: 'off',
      listen: '127.0.0.1:3030',
      listenMetrics: '127.0.0.1:3031',
      logFormat: 'fmt',
      environment: 'default',
      dataDir: '/home/ada/.cache/weaveflux/default',
      kubeconfig: undefined,
      kubeContext: undefined,
      warnings: [],
    });
  });
});

describe('spellings', () => {
  const cases: [string, readonly string[], NodeJS.ProcessEnv, string, Partial<AgentConfig>][] = [
    ['with =', ['--git-branch=main'], {}, '', { gitBranch: 'main' }],
    ['with a space', ['--git-branch', 'main'], {}, '', { gitBranch: 'main' }],
    ['a bare boolean', ['--git-readonly', '--git-branch', 'b'], {}, '', { gitReadonly: true, gitBranch: 'b' }],
    ['a boolean with =', ['--git-readonly=false'], { WEAVEFLUX_GIT_READONLY: 'true' }, '', { gitReadonly: false }],
    ['a boolean with a space', ['--git-readonly', 'false'], {}, '', { gitReadonly: false }],
    ['repeated', ['--git-path=a', '--git-path', 'b,c'], {}, '', { gitPaths: ['a', 'b', 'c'] }],
    ['a list replaces its default', ['--registry-exclude-image=x/*'], {}, '', { registryExcludeImage: ['x/*'] }],
    ['quoted in a list', ['--git-path="a,b",c'], {}, '', { gitPaths: ['a,b', 'c'] }],
    ['the last one counts', ['--git-user=a', '--git-user=b'], {}, '', { gitUser: 'b' }],
    ['short', ['-l', 'localhost:1'], {}, '', { listen: '127.0.0.1:1' }],
    ['a variable', [], { WEAVEFLUX_GIT_POLL_INTERVAL: '1m30s' }, '', { gitPollInterval: 90_000 }],
    ['a list in a variable', [], { WEAVEFLUX_GIT_PATH: 'a,b' }, '', { gitPaths: ['a', 'b'] }],
    ["a Service's variables", [], { WEAVEFLUX_PORT: 'tcp://10.0.0.1:3030', WEAVEFLUX_SERVICE_HOST: 'x' }, '', {}],
    [
      'a file',
      ['--config=x.yaml'],
      {},
      'git-path: [a, "b,c"]\ngit-readonly: true\nregistry-rps: 5\n',
      { gitPaths: ['a', 'b,c'], gitReadonly: true, registryRps: 5 },
    ],
    [
      'a flag over a variable over a file',
      ['--config', 'x', '--git-user=flag'],
      { WEAVEFLUX_GIT_USER: 'env', WEAVEFLUX_GIT_EMAIL: 'env' },
      'git-user: file\ngit-email: file\ngit-branch: file',
      { gitUser: 'flag', gitEmail: 'env', gitBranch: 'file' },
    ],
    ['nothing given', ['--git-branch='], {}, '', { gitBranch: undefined }],
    [
      'prune, dry',
      ['--sync-garbage-collection', '--sync-garbage-collection-dry'],
      {},
      '',
      { garbageCollection: 'dry' },
    ],
    [
      'a GPG key',
      ['--git-signing-key=ABC', '--git-gpg-key-import=/keys,/more'],
      {},
      '',
      { gitSigning: { kind: 'gpg', key: 'ABC', files: ['/keys', '/more'] } },
    ],
    ['an SSH key', ['--git-ssh-signing-key=/k'], {}, '', { gitSigning: { kind: 'ssh', file: '/k' } }],
    ['prune', ['--sync-garbage-collection'], {}, '', { garbageCollection: 'on' }],
    ['skip', ['--git-ci-skip'], {}, '', { gitSkipMessage: '[ci skip]' }],
    [
      'skip message',
      ['--git-ci-skip', '--git-ci-skip-message=\n\n[skip azp]'],
      {},
      '',
      { gitSkipMessage: '[skip azp]' },
    ],
    [
      'a token in the URL',
      ['--git-url=https://ada:s3cret@example.com/e.git'],
      {},
      '',
      { gitUrl: 'https://example.com/e.git', gitHttps: { username: 'ada', password: 's3cret' } },
    ],
  ];
  for (const [name, argv, env, file, expected] of cases)
    it(name, () => {
      const config = parse(argv, env, file);
      for (const [key, value] of Object.entries(expected))
        assert.deepEqual(config[key as keyof AgentConfig], value, key);
    });
});

describe('refusals name the flag, what it got and what it takes', () => {
  const cases: [string, readonly string[], NodeJS.ProcessEnv, string, RegExp][] = [
    ['unknown', ['--git-brunch=x'], {}, '', /^--git-brunch is no flag.*did you mean --git-branch\?$/],
    ['unknown, far from all', ['--frobnicate'], {}, '', /^--frobnicate is no flag.*--help/],
    ['positional', ['sync'], {}, '', /takes flags only, and got "sync"/],
    ['no value', ['--git-branch'], {}, '', /^--git-branch got no value; it takes the name of a branch/],
    ['duration', ['--git-poll-interval=5'], {}, '', /^--git-poll-interval got "5"; it takes a duration.*30s/],
    ['negative duration', ['--sync-interval=-5m'], {}, '', /^--sync-interval got "-5m"/],
    ['variable', [], { WEAVEFLUX_SYNC_TIMEOUT: 'soon' }, '', /^WEAVEFLUX_SYNC_TIMEOUT got "soon"; it takes a duration/],
    ['number', ['--registry-rps=0'], {}, '', /^--registry-rps got "0"; it takes a whole number/],
    ['boolean', ['--git-readonly=yes'], {}, '', /^--git-readonly got "yes"; it takes true or false/],
    ['choice', ['--log-format=xml'], {}, '', /^--log-format got "xml"; it takes one of fmt, json/],
    ['path outside', ['--git-path=a,/etc'], {}, '', /^--git-path got "\/etc"; it takes paths/],
    ['path upwards', ['--git-path=../x'], {}, '', /^--git-path got "\.\.\/x"/],
    ['port', ['--listen=:99999'], {}, '', /^--listen got ":99999"; it takes host:port/],
    ['environment', ['--environment=Prod'], {}, '', /^--environment got "Prod"; it takes a name/],
    ['ECR account', ['--registry-ecr-include-id=123'], {}, '', /got "123"; it takes AWS account numbers/],
    ['ECR region', ['--registry-ecr-region=europe'], {}, '', /got "europe"; it takes AWS regions/],
    ['a GPG key from nowhere', ['--git-signing-key=A'], {}, '', /^--git-signing-key needs --git-gpg-key-import/],
    [
      'two signing keys',
      ['--git-signing-key=A', '--git-ssh-signing-key=/k'],
      {},
      '',
      /both given; a commit is signed with one key/,
    ],
    ['branch like an option', ['--git-branch=--upload-pack=x'], {}, '', /^--git-branch got "--upload-pack=x"/],
    [
      'file, unknown key',
      ['--config=x.yaml'],
      {},
      'git-urll: x',
      /"git-urll" in the config file x\.yaml is no flag.*--git-url\?/,
    ],
    [
      'file, value',
      ['--config=x.yaml'],
      {},
      'git-timeout: 20',
      /^git-timeout in x\.yaml got "20"; it takes a duration/,
    ],
    ['file, shape', ['--config=x.yaml'], {}, 'git-path: {a: b}', /x\.yaml has no plain value under "git-path"/],
    ['file, missing', ['--config=gone.yaml'], {}, '', /^--config got gone\.yaml, which cannot be read/],
    [
      'message that fakes a trailer',
      ['--git-ci-skip-message=x\nWeaveflux-Change: y'],
      {},
      '',
      /^--git-ci-skip-message got/,
    ],
  ];
  for (const [name, argv, env, file, expected] of cases)
    it(name, () => assert.match(refusal(argv, env, file), expected));

  for (const url of [
    'ext::sh -c id',
    '--upload-pack=x',
    'ssh://-oProxyCommand=id/x',
    'git://h/x',
    'https://ada:s3cret@:1:2/x',
    '-x@h:y',
    'h:-y',
  ])
    it(`a URL such as ${url}`, () => {
      const message = refusal([`--git-url=${url}`]);
      assert.match(message, /^--git-url is not usable/);
      assert.doesNotMatch(message, /s3cret/);
    });

  it('a URL that is missing', () => {
    assert.throws(() => parseConfig([], {}, () => ''), /--git-url is missing/);
  });
});

describe('flags of Flux v1', () => {
  for (const name of Object.keys(REFUSED)) {
    it(`--${name} guards something and is refused`, () =>
      assert.match(refusal([`--${name}=x1`]), new RegExp(`^--${name} is not supported yet: `)));
    it(`--${name} set to nothing is taken`, () => assert.deepEqual(parse([`--${name}=false`]).warnings, []));
  }
  it('--sops alone is refused', () => assert.match(refusal(['--sops', '--git-readonly']), /^--sops is not supported/));

  for (const name of Object.keys(REPLACED))
    it(`--${name} is taken with a warning`, () => {
      const { warnings } = parse([`--${name}=1m`]);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', new RegExp(`^--${name} (does nothing|has another name now): .+\\.$`));
      assert.doesNotMatch(warnings[0] ?? '', /1m/);
    });

  it('keys that are imported for nothing are told of', () => {
    assert.match(parse(['--git-gpg-key-import=/keys']).warnings.join(), /does nothing without --git-signing-key/);
  });

  it('old names go on working', () => {
    const config = parse([
      '--k8s-namespace-whitelist=a',
      '--k8s-allow-namespace=b',
      '--registry-poll-interval=9m',
      '--kube-config=/k',
    ]);
    assert.deepEqual(config.k8sAllowNamespaces, ['b', 'a']);
    assert.equal(config.automationInterval, 540_000);
    assert.equal(config.kubeconfig, '/k');
  });

  for (const [given, taken] of [
    [':3030', '127.0.0.1:3030'],
    ['0.0.0.0:1', '127.0.0.1:1'],
    ['[::]:2', '127.0.0.1:2'],
  ] as const)
    it(`--listen=${given} is loopback, with a warning`, () => {
      const config = parse([`--listen=${given}`]);
      assert.equal(config.listen, taken);
      assert.match(config.warnings.join(), /taken as 127\.0\.0\.1/);
    });
});

describe('documents', () => {
  it('name every flag', () => {
    for (const name of [...Object.keys(FLAGS), ...Object.keys(REFUSED), ...Object.keys(REPLACED)])
      assert.match(flagsReference(), new RegExp(`\`${name}\``));
    for (const name of Object.keys(FLAGS)) assert.match(flagsHelp(), new RegExp(`--${name}\\b`));
  });
});
