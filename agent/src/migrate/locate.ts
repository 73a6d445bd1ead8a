import { manifestsOf, parseFile, WeavefluxError } from '@weaveflux/shared';
import type { KubernetesClient } from '../targets/kubernetes/client.ts';
import { hasCode } from '../targets/kubernetes/objects.ts';
import { chooseFluxd, type FluxParts, findFlux } from './find.ts';
import { type Fluxd, readFluxd } from './fluxd.ts';
import type { MigrateRequest } from './migrate.ts';

/** Where the namespace of fluxd is told nowhere. */
const FLUX_NAMESPACE = 'flux';
const NO_FLUX: FluxParts = { fluxds: [], helmOperators: [], memcacheds: [] };

/**
 * The fluxd that a person means, from the cluster or as a file has it, and what of Flux stands around it. Whether it
 * runs is known by the cluster, whatever the file says.
 */
export async function locateFluxd(
  { file, fluxNamespace, fluxDeployment }: Pick<MigrateRequest, 'file' | 'fluxNamespace' | 'fluxDeployment'>,
  client: KubernetesClient | undefined,
  signal: AbortSignal,
): Promise<{ fluxd: Fluxd; flux: FluxParts }> {
  if (file === undefined) {
    const flux = client === undefined ? NO_FLUX : await findFlux(client, fluxNamespace, signal);
    return { fluxd: chooseFluxd(flux.fluxds, fluxDeployment), flux };
  }
  const written = fluxdInFile(file, fluxDeployment);
  // A base of a kustomization names no namespace: then it is looked for in all of them.
  const named = fluxNamespace ?? (written.namespace || undefined);
  const flux = client === undefined ? NO_FLUX : await findNamed(client, named, file.name, signal);
  const [live, ...others] = flux.fluxds.filter(({ name }) => name === written.name);
  if (others.length > 0) chooseFluxd(flux.fluxds, written.name);
  const namespace = named ?? live?.namespace ?? FLUX_NAMESPACE;
  const { pods, selector } = live ?? { pods: 0, selector: written.selector };
  return { fluxd: { ...written, namespace, pods, selector }, flux };
}

/** In all namespaces where none is named: looking in the usual ones only could miss one that runs. */
async function findNamed(
  client: KubernetesClient,
  namespace: string | undefined,
  file: string,
  signal: AbortSignal,
): Promise<FluxParts> {
  try {
    return await findFlux(client, namespace ?? '', signal);
  } catch (error) {
    if (namespace !== undefined || !hasCode(error, 'FORBIDDEN')) throw error;
    throw new WeavefluxError(
      'FORBIDDEN',
      `${file} names no namespace, and you may not list deployments in all of them, so nobody knows whether its fluxd runs; name its namespace with --flux-namespace.`,
      { cause: error },
    );
  }
}

function fluxdInFile({ name, text }: { name: string; text: string }, deployment: string | undefined): Fluxd {
  const parsed = parseFile(name, text);
  const [problem] = parsed.problems;
  if (problem !== undefined) throw new WeavefluxError(problem.code, problem.message, { about: problem });
  const deployments = manifestsOf(parsed).manifests.filter(({ id }) => id.kind === 'Deployment');
  const fluxds = deployments.flatMap(({ value }) => readFluxd(value, name) ?? []);
  const meant = fluxds.filter((fluxd) => deployment === undefined || fluxd.name === deployment);
  const [first, second] = meant;
  if (first === undefined)
    throw new WeavefluxError('NOT_FOUND', `${name} has no Deployment of fluxd; give the one that has --git-url in it.`);
  if (second === undefined) return first;
  throw new WeavefluxError('INVALID_FLAG', `${name} has several fluxd; choose one with --flux-deployment.`);
}
