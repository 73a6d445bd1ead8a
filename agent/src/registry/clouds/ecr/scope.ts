import { type Problem, warning } from '@weaveflux/shared';
import type { Place } from '../../place.ts';
import { parseEcrHost } from './host.ts';

/** Which private registries of Amazon ECR are asked. */
export interface EcrScope {
  /** Empty = the region of each host name. */
  readonly regions: readonly string[];
  /** Accounts; empty = all. */
  readonly includeIds: readonly string[];
  /** Accounts; wins over `includeIds`. */
  readonly excludeIds: readonly string[];
}

/** Why an image repository of ECR is not asked; `undefined` = it is, or it is not ECR's. */
export function reasonNotToAskEcr({ name, hostname }: Place, scope: EcrScope): Problem | undefined {
  const host = parseEcrHost(hostname);
  if (host === undefined) return undefined;
  const why = (reason: string) => warning('NOT_SUPPORTED', `${name} is not scanned, because ${reason}.`);
  const { account, region } = host;
  if (scope.excludeIds.includes(account)) return why(`--registry-ecr-exclude-id has the account ${account}`);
  if (scope.includeIds.length > 0 && !scope.includeIds.includes(account)) {
    return why(`--registry-ecr-include-id does not have the account ${account}`);
  }
  if (scope.regions.length > 0 && !scope.regions.includes(region)) {
    return why(`--registry-ecr-region does not have ${region}`);
  }
  return undefined;
}
