/** What a request carries so that the API knows who sends it. */
export interface ClusterCredentials {
  readonly headers: Readonly<Record<string, string>>;
  /** PEM of the client's certificate and key, where the cluster is entered by these. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** Where a Kubernetes API is and how to enter it. */
export interface ClusterAccess {
  /** Base URL without a slash at its end; may have a path. */
  readonly server: string;
  /** PEM of what signs the server's certificate; absent = what the machine trusts. */
  readonly ca: string | undefined;
  /** The name in the server's certificate, where it differs from the URL's host. */
  readonly serverName: string | undefined;
  /** The server's certificate is not checked. */
  readonly insecure: boolean;
  /** The namespace of the pod or of the kubeconfig's context. */
  readonly namespace: string | undefined;
  /** Set where it is the pod's own service account. */
  readonly inCluster?: true;
  /** Cheap to call for each request; reads again what rotates. `renew` after the API said 401. */
  credentials(renew?: boolean): Promise<ClusterCredentials>;
}

/** How a connection is encrypted and who enters it: options of TLS. */
export interface ClusterTls {
  readonly ca?: string;
  readonly servername?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: boolean;
}

/** What a connection with these credentials needs. */
export function clusterTls(access: ClusterAccess, { certificate }: ClusterCredentials): ClusterTls {
  return {
    ...(access.ca === undefined ? {} : { ca: access.ca }),
    ...(access.serverName === undefined ? {} : { servername: access.serverName }),
    ...certificate,
    rejectUnauthorized: !access.insecure,
  };
}
