export * from './agent-file.ts';
export * from './api-client.ts';
export * from './cluster-access.ts';
export { type ClusterAgent, listClusterAgents } from './cluster-agents.ts';
export { type ClusterAgentChoice, type ClusterAgentConnection, connectToAgent } from './connect-agent.ts';
export { inClusterAccess } from './in-cluster.ts';
export { type AccessRequest, type KubeconfigContexts, loadClusterAccess, readContexts } from './kubeconfig.ts';
