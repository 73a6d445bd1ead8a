export { ACCOUNT, type EcrOptions, type RigEcr, startEcr } from './aws/ecr.ts';
export type { AwsCall, AwsFault } from './aws/facade.ts';
export { type Authority, type Certificate, type CertificateRequest, createAuthority } from './certificates.ts';
export { GIT_ENVIRONMENT, git } from './git/command.ts';
export { type Gitea, type GiteaPull, startGitea } from './git/gitea.ts';
export { type GitRequest, type HttpsGit, type HttpsGitOptions, startHttpsGit } from './git/https.ts';
export type { GitRepository, Repositories } from './git/repositories.ts';
export { type DeployKey, type SshGit, type SshGitOptions, startSshGit } from './git/ssh.ts';
export type { Author, Files, LoggedCommit, Workspace } from './git/workspace.ts';
export type { ApiAnswer, ApiClient, ApiObject } from './kubernetes/client.ts';
export {
  type ControlPlane,
  type ControlPlaneOptions,
  type Subject,
  startControlPlane,
} from './kubernetes/control-plane.ts';
export { BEHAVIOUR, BEHAVIOUR_DELAY, type Behaviour } from './kubernetes/kwok.ts';
export { startNode } from './node/node.ts';
export type { AgentImage, LayerSize, NodeOptions, RigNode } from './node/types.ts';
export { freePort } from './ports.ts';
export { inheritedEnvironment, type ProcessOptions, type RigProcess, startProcess } from './processes.ts';
export { type ForwardProxy, startForwardProxy } from './proxy.ts';
export { type RecordedAnswer, type RecordedRequest, type Recorder, startRecorder } from './recorder.ts';
export { type AzureLogins, createAzureLogins } from './registry/azure.ts';
export type { Fault, RegistryRequest } from './registry/faults.ts';
export type { ImageOptions } from './registry/images.ts';
export type { TagOptions } from './registry/push.ts';
export { type RegistryKind, type RegistryOptions, type RigRegistry, startRegistry } from './registry/registry.ts';
export type { TokenIssuer } from './registry/tokens.ts';
export type { Outage } from './switch.ts';
export { TOOLS, type Tool, type ToolName } from './tools/catalog.ts';
export { createFinder, type FinderOptions, type FindTool, findTool } from './tools/find.ts';
export { runHostTests } from './vscode/host-tests.ts';
export type {
  HostTestOptions,
  HostTestResult,
  QuickPick,
  Workbench,
  WorkbenchExtension,
  WorkbenchOptions,
} from './vscode/types.ts';
export { startWorkbench } from './vscode/workbench.ts';
export { type Wait, waitFor } from './wait.ts';
export { temporaryDirectory } from './watchdog.ts';
