import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import { isKept } from '../model/agent/paths.ts';
import { type AgentProblem, agentProblems } from '../model/diagnostics/agent.ts';
import { closedFindings, openFindings } from '../model/diagnostics/agent-places.ts';
import { fileFindings, type Standing } from '../model/diagnostics/file.ts';
import type { Finding } from '../model/diagnostics/finding.ts';
import { isSameScope } from '../model/diagnostics/scope.ts';
import { settingsFindings } from '../model/diagnostics/settings.ts';
import type { Services } from '../services.ts';
import { isSettingsFile } from './settings-file.ts';
import type { OpenSource } from './sources.ts';
import type { Standings } from './standings.ts';
import { hasSyntaxCheck, isYamlChecked } from './yaml-extension.ts';

/** What is found in one file. */
export interface Found {
  readonly uri: vscode.Uri;
  /** Absent of a file that is not open. */
  readonly document: vscode.TextDocument | undefined;
  readonly version: number;
  readonly environment: Environment | undefined;
  readonly findings: readonly Finding[];
  /** The open files that the findings may be about, too, by path. */
  readonly others: ReadonlyMap<string, vscode.Uri>;
}

interface Look extends OpenSource {
  readonly standing: Standing;
  readonly version: number;
}

/** Looks at every open file, and at what the agents say; `undefined` where it was cancelled. */
export async function lookAtAll(
  services: Services,
  standings: Standings,
  isCancelled: () => boolean,
): Promise<readonly Found[] | undefined> {
  const looks: Look[] = [];
  for (const document of vscode.workspace.textDocuments) {
    const open = services.sources.of(document);
    if (open === undefined) continue;
    const { version } = document;
    const standing = await standings.of(open);
    if (isCancelled()) return undefined;
    looks.push({ ...open, standing, version });
  }
  const said = new Map(services.environments.all.map((environment) => [environment, agentProblems(environment.state)]));
  const open = [...looks.map((look) => lookAt(look, looks, said)), ...settingsFiles(services)];
  const known = new Set(open.map(({ uri }) => uri.toString()));
  return [...open, ...closedFiles(said).filter(({ uri }) => !known.has(uri.toString()))];
}

type Said = ReadonlyMap<Environment, ReadonlyMap<string, readonly AgentProblem[]>>;

function lookAt(look: Look, all: readonly Look[], said: Said): Found {
  const { document, version, source, environment, standing } = look;
  const paths = environment?.state.status?.repository.paths;
  const others = all.filter(
    (other) =>
      other !== look &&
      other.environment === environment &&
      other.standing === 'manifests' &&
      isSameScope(source.path, other.source.path, paths),
  );
  const own = fileFindings(source, {
    standing,
    others: others.map((other) => other.source),
    hasSyntaxCheck: hasSyntaxCheck(document),
    isDelivered: paths !== undefined && isKept(source.path, paths),
  });
  if (source.manifests.length > 0) environment?.need();
  const problems = (environment && said.get(environment)?.get(source.path)) ?? [];
  const told = environment === undefined ? [] : openFindings(problems, source, own, environment.state);
  const places = new Map([look, ...others].map((it) => [it.source.path, it.document.uri]));
  return { uri: document.uri, document, version, environment, findings: [...own, ...told], others: places };
}

/** Where the YAML extension checks by the schema, it says the same. */
function settingsFiles({ environments }: Services): Found[] {
  return vscode.workspace.textDocuments
    .filter((document) => isSettingsFile(environments, document) && !isYamlChecked(document.uri))
    .map((document) => ({
      uri: document.uri,
      document,
      version: document.version,
      environment: environments.of(document.uri),
      findings: settingsFindings(document.getText()),
      others: new Map(),
    }));
}

function closedFiles(said: Said): Found[] {
  return [...said].flatMap(([environment, files]) =>
    [...files].map(([path, problems]) => ({
      uri: environment.repository.uriOf(path),
      document: undefined,
      version: 0,
      environment,
      findings: closedFindings(problems),
      others: new Map(),
    })),
  );
}
