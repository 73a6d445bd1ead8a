import type { RequestedBy } from '@weaveflux/shared';
import type { Repository } from './git.ts';

/** The longest name and address that an agent takes. */
const LONGEST = 200;

/** Who acts, as their commits say it; without that, as the machine calls them. */
export async function requestedBy(repository: Pick<Repository, 'config'>): Promise<RequestedBy> {
  const [name, email] = [await repository.config('user.name'), await repository.config('user.email')].map((text) =>
    text.trim().slice(0, LONGEST),
  );
  const { USER, LOGNAME, USERNAME } = process.env;
  return {
    name: name || USER || LOGNAME || USERNAME || 'unknown',
    ...(email === undefined || email === '' ? {} : { email }),
  };
}
