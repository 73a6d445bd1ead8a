import * as z from 'zod';
import type { ForgeHttp } from './http.ts';
import type { Forge, ReviewRequest } from './types.ts';

/** How pull requests are opened, changed and closed where an API is made after GitHub's: below the path `pulls`. */
export function createPulls<T>(
  http: ForgeHttp,
  pulls: string,
  answer: z.ZodType<T>,
  toRequest: (answer: T) => ReviewRequest,
): Omit<Forge, 'find'> {
  const patch = async (id: number, body: object, signal: AbortSignal): Promise<void> => {
    await http.send({ method: 'PATCH', path: `${pulls}/${id}`, body }, z.unknown(), signal);
  };
  return {
    async create({ branch, base }, { title, body }, signal) {
      const wish = { title, body, head: branch, base };
      return toRequest(await http.send({ method: 'POST', path: pulls, body: wish }, answer, signal));
    },
    update: (id, { title, body }, signal) => patch(id, { title, body }, signal),
    close: (id, signal) => patch(id, { state: 'closed' }, signal),
  };
}
