// The components that suites start, how one sees that a suite needs them, and how they are had.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const tool = (...names) => ({ tools: names });
const debian = (packages, programs) => ({ packages, programs });

/** By the name that the summary uses. `pattern` finds the components in the text of a suite. */
export const COMPONENTS = {
  // First: where it cannot be had, that is what the summary says.
  node: {
    pattern: /\bstartNode\b/,
    root: true,
    ...tool('etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'),
    ...debian(
      ['containerd', 'runc', 'containernetworking-plugins', 'conntrack', 'iptables', 'iproute2', 'mmdebstrap'],
      ['/usr/bin/containerd', '/usr/sbin/runc', '/usr/lib/cni/bridge', '/usr/sbin/iptables', '/usr/bin/mmdebstrap'],
    ),
  },
  'control plane': {
    pattern: /\bstartControlPlane\b/,
    ...tool('etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'),
  },
  registry: { pattern: /\bstart(Registry|Ecr|Node)\b/, ...tool('registry') },
  kubectl: { pattern: /findTool\('kubectl'\)|\bstartNode\b/, ...tool('kubectl') },
  moto: { pattern: /\bstartEcr\b/, ...tool('moto'), ...debian(['python3-pip'], ['/usr/bin/python3']) },
  helm: { pattern: /findTool\('helm'\)/, ...tool('helm') },
  cosign: { pattern: /findTool\('cosign'\)/, ...tool('cosign') },
  promtool: { pattern: /'promtool'/, ...debian(['prometheus'], ['/usr/bin/promtool']) },
  'docker-registry': {
    pattern: /'docker-registry'/,
    ...debian(['docker-registry', 'apache2-utils'], ['/usr/bin/docker-registry', '/usr/bin/htpasswd']),
  },
  distribution: {
    pattern: /'distribution'/,
    ...tool('distribution'),
    ...debian(['apache2-utils'], ['/usr/bin/htpasswd']),
  },
  gitea: {
    pattern: /\bstartGitea\b/,
    ...tool('gitea'),
    ...debian(['gcc', 'libc6-dev'], ['/usr/bin/gcc', '/usr/include/stdio.h']),
  },
  sshd: {
    pattern: /\bstart(SshGit|Node)\b/,
    ...debian(['openssh-server', 'openssh-client'], ['/usr/sbin/sshd', '/usr/bin/ssh']),
  },
  'signing keys': {
    pattern: /\bmake(Ssh|Gpg)Key\b/,
    ...debian(['gnupg', 'openssh-client'], ['/usr/bin/gpg', '/usr/bin/ssh-keygen']),
  },
  workbench: {
    pattern: /\b(startWorkbench|runHostTests)\b|rig\/vscode\/code\b/,
    ...tool('workbench'),
    ...debian(
      ['chromium', 'fonts-dejavu-core'],
      ['/usr/bin/chromium', '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'],
    ),
  },
};

/** Gets these components. Resolves with a map from those that cannot be had to the reason. */
export async function prepare(names, findTool, say) {
  const missing = new Map();
  if (!isRootOnDebian()) {
    for (const name of names.filter((each) => COMPONENTS[each].root)) missing.set(name, 'needs root on Debian');
  }
  const possible = names.filter((name) => !missing.has(name));
  const packages = possible.flatMap((name) => (isInstalled(name) ? [] : (COMPONENTS[name].packages ?? [])));
  if (packages.length > 0 && mayInstall()) await install(packages, say);
  for (const name of possible.filter((each) => !isInstalled(each))) {
    missing.set(name, `install the packages ${COMPONENTS[name].packages.join(' and ')}`);
  }
  // One after the other: two builds at once are no faster and twice the memory.
  for (const name of possible) {
    for (const each of COMPONENTS[name].tools ?? []) {
      await findTool(each).catch((error) => missing.set(name, firstLine(error)));
      if (missing.has(name)) break;
    }
  }
  return missing;
}

function isInstalled(name) {
  return (COMPONENTS[name].programs ?? []).every((program) => existsSync(program));
}

/** A build machine is ours to change, a developer's is not. */
function mayInstall() {
  return process.env.CI === 'true' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

function isRootOnDebian() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

async function install(packages, say) {
  say(`installing ${packages.join(', ')}`);
  const args = ['install', '-y', '--no-install-recommends', ...packages];
  if ((await apt(args)) === 0) return;
  await apt(['update']);
  if ((await apt(args)) !== 0) say(`${packages.join(', ')} could not be installed`);
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const child = spawn('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function firstLine(error) {
  return String(error?.message ?? error).split('\n')[0];
}
