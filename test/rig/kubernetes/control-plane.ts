import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../ports.ts';
import type { RigProcess } from '../processes.ts';
import { waitFor } from '../wait.ts';
import { temporaryDirectory } from '../watchdog.ts';
import { type ApiClient, createApiClient } from './client.ts';
import { startApiServer, startControllerManager, startEtcd, startScheduler } from './components.ts';
import { type Credentials, createCredentials } from './credentials.ts';
import { type Identity, kubeconfigText } from './kubeconfig.ts';
import { startKwok } from './kwok.ts';

export interface ControlPlaneOptions {
  /** kube-controller-manager and kube-scheduler: true unless told. Without them nothing makes pods, and it is there in half the time. */
  readonly controllers?: boolean;
  /** kwok and its node `fake`, on which pods become ready; as `controllers` unless told. */
  readonly kwok?: boolean;
  /** More flags for kube-apiserver. */
  readonly apiServerFlags?: readonly string[];
  /** IPv4 address of the API server; 127.0.0.1 unless told. To another one, Service `kubernetes` leads. */
  readonly address?: string;
}

/** Someone to make a kubeconfig for. A user needs RBAC of its own, as a service account does. */
export type Subject =
  | { readonly user: string; readonly groups?: readonly string[] }
  /** The token lasts an hour unless told in seconds. */
  | {
      readonly serviceAccount: string;
      readonly namespace: string;
      readonly seconds?: number;
      readonly audience?: string;
    };

/** A running Kubernetes. The client's methods act as its administrator. */
export interface ControlPlane extends Omit<ApiClient, 'close'>, AsyncDisposable {
  /** `https://<address>:<port>`. */
  readonly url: string;
  /** The certificate authority, PEM, and the file that holds it. */
  readonly ca: string;
  readonly caFile: string;
  /** Bearer token of the administrator. */
  readonly token: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** A directory of its own, removed with it. */
  readonly dir: string;
  /** Writes a kubeconfig for someone and gives its path. A service account that is not there is made. */
  kubeconfigFor(subject: Subject, namespace?: string): Promise<string>;
  /** A service account's token (TokenRequest). */
  tokenFor(subject: Extract<Subject, { serviceAccount: string }>): Promise<string>;
  /** Freezes the API server: connections stay open, nothing is answered. */
  pauseApiServer(): void;
  resumeApiServer(): void;
  /** Kills the API server: connections are refused until it is started again, on the same port with the same data. */
  stopApiServer(): Promise<void>;
  startApiServer(): Promise<void>;
  /** The end of the log of every program, for the error of a test that failed. */
  logs(): string;
  /** Ends everything and removes its directory. */
  stop(): Promise<void>;
}

/** Starts a Kubernetes control plane on free ports, RBAC on; resolves when Deployments would roll out. Several can run at once. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const controllers = options.controllers ?? true;
  const settings = { kwok: controllers, apiServerFlags: [], address: '127.0.0.1', ...options, controllers };
  const dir = temporaryDirectory('control-plane');
  await mkdir(join(dir, 'kubeconfigs'));
  const processes: RigProcess[] = [];
  try {
    return await start(dir, processes, settings);
  } catch (error) {
    await end(processes, dir);
    throw error;
  }
}

async function start(
  dir: string,
  processes: RigProcess[],
  { controllers, kwok, apiServerFlags: flags, address }: Required<ControlPlaneOptions>,
): Promise<ControlPlane> {
  const [port, credentials, etcd] = await Promise.all([freePort(), createCredentials(dir, address), startEtcd(dir)]);
  processes.push(etcd.process);
  const url = `https://${address}:${port}`;
  const client = createApiClient(url, credentials.authority.cert, credentials.token);
  const apiServerOptions = {
    directory: dir,
    address,
    port,
    etcd: etcd.url,
    credentials,
    serviceAccounts: controllers,
    flags,
  };
  let apiServer = await startApiServer(apiServerOptions, client);
  processes.push(apiServer);
  const kubeconfigs = createKubeconfigs(dir, url, credentials, client);
  const kubeconfig = await kubeconfigs.write('admin', { token: credentials.token });
  processes.push(...(await startRest(kubeconfig, kubeconfigs, credentials, client, controllers, kwok)));

  async function stopApiServer(): Promise<void> {
    await apiServer.stop();
    processes.splice(processes.indexOf(apiServer), 1);
  }
  async function stop(): Promise<void> {
    await client.close();
    await end(processes, dir);
  }
  return {
    ...client,
    url,
    ca: credentials.authority.cert,
    caFile: credentials.files.ca,
    token: credentials.token,
    kubeconfig,
    dir,
    kubeconfigFor: kubeconfigs.forSubject,
    tokenFor: kubeconfigs.tokenFor,
    pauseApiServer: () => apiServer.signal('SIGSTOP'),
    resumeApiServer: () => apiServer.signal('SIGCONT'),
    stopApiServer,
    startApiServer: async () => {
      apiServer = await startApiServer(apiServerOptions, client);
      processes.push(apiServer);
    },
    logs: () => processes.map((process) => `--- ${process.name}\n${process.tail(60)}`).join('\n'),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function startRest(
  kubeconfig: string,
  kubeconfigs: Kubeconfigs,
  credentials: Credentials,
  client: ApiClient,
  controllers: boolean,
  kwok: boolean,
): Promise<RigProcess[]> {
  const starting: Promise<RigProcess>[] = [];
  if (controllers) {
    const [manager, scheduler] = await Promise.all(
      ['system:kube-controller-manager', 'system:kube-scheduler'].map((user) =>
        kubeconfigs.write(user.replace('system:', ''), { certificate: credentials.client(user) }),
      ),
    );
    starting.push(startControllerManager(manager ?? kubeconfig, credentials), startScheduler(scheduler ?? kubeconfig));
  }
  if (kwok) starting.push(startKwok(kubeconfig, client));
  const settled = await Promise.allSettled(starting);
  const failed = settled.find((result) => result.status === 'rejected');
  const processes = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (failed) {
    await Promise.all(processes.map((process) => process.stop()));
    throw failed.reason;
  }
  if (controllers) await untilAccountsAreMade(processes, client);
  return processes;
}

/** The controllers come up in turn; the service account of a namespace is among the last and pods need it. */
async function untilAccountsAreMade(processes: readonly RigProcess[], client: ApiClient): Promise<void> {
  const what = 'the service account and the root certificate of namespace default';
  await processes[0]?.ready({ what, deadline: 60_000 }, async () => {
    await client.get('/api/v1/namespaces/default/serviceaccounts/default');
    return client.get('/api/v1/namespaces/default/configmaps/kube-root-ca.crt');
  });
}

interface Kubeconfigs {
  write(name: string, identity: Identity, namespace?: string): Promise<string>;
  forSubject(subject: Subject, namespace?: string): Promise<string>;
  tokenFor(subject: Extract<Subject, { serviceAccount: string }>): Promise<string>;
}

function createKubeconfigs(dir: string, url: string, credentials: Credentials, client: ApiClient): Kubeconfigs {
  async function write(name: string, identity: Identity, namespace?: string): Promise<string> {
    const path = join(dir, 'kubeconfigs', `${name.replace(/[^a-z0-9.-]/gi, '-')}.yaml`);
    await writeFile(path, kubeconfigText(url, credentials.authority.cert, identity, namespace), { mode: 0o600 });
    return path;
  }
  async function tokenFor(subject: Extract<Subject, { serviceAccount: string }>): Promise<string> {
    const { serviceAccount: name, namespace, seconds = 3600, audience } = subject;
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    if (!(await client.find(`${path}/${name}`))) {
      await client.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
    }
    const spec = { expirationSeconds: seconds, ...(audience ? { audiences: [audience] } : {}) };
    const answer = await client.request('POST', `${path}/${name}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec,
    });
    if (answer.status !== 201) throw new Error(`no token for ${namespace}/${name}: ${answer.body.message}`);
    return answer.body.status.token;
  }
  return {
    write,
    tokenFor,
    async forSubject(subject, namespace) {
      if ('user' in subject) {
        const certificate = credentials.client(subject.user, subject.groups);
        return write(`user-${subject.user}`, { certificate }, namespace);
      }
      const token = await tokenFor(subject);
      return write(`account-${subject.namespace}-${subject.serviceAccount}`, { token }, namespace ?? subject.namespace);
    },
  };
}

async function end(processes: readonly RigProcess[], dir: string): Promise<void> {
  await Promise.all(processes.map((process) => process.stop()));
  await waitFor({ what: `${dir} to be removed`, deadline: 30_000 }, async () => {
    await rm(dir, { recursive: true, force: true });
    return true;
  });
}
