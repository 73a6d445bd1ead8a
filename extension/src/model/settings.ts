/** The extension's settings, as `package.json` declares them under `weaveflux.`. */
export interface Settings {
  /** `edit`: a release edits the file, and a commit is offered. `agent`: the agent commits it. */
  readonly releaseMode: 'edit' | 'agent';
  readonly codeLens: boolean;
  readonly diagnostics: boolean;
  /** Addresses of agents that are not found by a kubeconfig. */
  readonly agents: readonly string[];
  /** Absent = `KUBECONFIG`, else `~/.kube/config`. */
  readonly kubeconfig?: string;
  /** Where agents are looked for in a cluster. */
  readonly namespace: string;
}
