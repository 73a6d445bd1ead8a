import { chartFiles } from './chart.ts';
import { type Files, kustomizeFiles } from './kustomize.ts';
import { installManifest } from './manifest.ts';
import { defaultOptions } from './values.ts';

/** The name of the one file. */
export const ONE_FILE = 'weaveflux-deployment.yaml';

/** Every generated file of `deploy/`, by its path there. */
export function deployFiles(version: string): Files {
  return new Map([
    [ONE_FILE, installManifest(defaultOptions(version))],
    ...inside('kustomize', kustomizeFiles(version)),
    ...inside('chart', chartFiles(version)),
  ]);
}

function inside(folder: string, files: Files): [string, string][] {
  return [...files].map(([path, text]) => [`${folder}/${path}`, text]);
}
