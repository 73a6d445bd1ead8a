import { type Problem, type RepositorySettings, SETTINGS_FILE, warning } from '@weaveflux/shared';

/** Settings as far as they name workloads. */
type Stated = Pick<RepositorySettings, 'windows' | 'images'>;

const PLACE = /^(?:file|kustomization|service):/;

/** Globs of workloads that can fit none, so that what stands beside them is about nothing: somebody believes that it is. */
export function workloadGlobProblems({ windows, images }: Stated): Problem[] {
  const entries = [
    ...windows.map((window) => ({ ...window, where: 'windows' })),
    ...(images.approval ?? []).map((rule) => ({ ...rule, where: 'images.approval' })),
  ];
  return entries.flatMap(({ where, workloads = [], line }) =>
    workloads
      .filter((glob) => !canFitWorkload(glob))
      .map((glob) => {
        const message = `The entry of ${where} names ${JSON.stringify(glob)}, which fits no workload; write namespace:kind/name in lower case, such as shop:deployment/*.`;
        return warning('INVALID_SETTINGS', message, { file: SETTINGS_FILE, ...(line === undefined ? {} : { line }) });
      }),
  );
}

/** Whether a glob can fit the name of a workload (`shop:deployment/cart`) or of a place (`file:charts/cart/values.yaml`). */
export function canFitWorkload(glob: string): boolean {
  const [first = '', ...rest] = glob
    .replace(/^\.?\//, '')
    .replace(/\/+$/, '')
    .split('/');
  const isOpen = /[*?]/.test(first.split(':', 1)[0] ?? '');
  if (isOpen || PLACE.test(first)) return true;
  if (!first.includes(':')) return rest.length === 0;
  return !/[A-Z]/.test(glob);
}
