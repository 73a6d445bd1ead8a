import { HttpError } from './http-error.ts';
import type { Route } from './route.ts';

/** The route of a request and the part of the path in its braces. */
export interface Match {
  readonly route: Route;
  readonly name: string;
}

/** Finds the route of a method and a path (without query). Errors: 404, 405 with the methods that the path takes. */
export function matchRoute(routes: readonly Route[], method: string, path: string): Match {
  const here = routes.flatMap((route) => {
    const name = nameIn(route.path, path);
    return name === undefined ? [] : [{ route, name }];
  });
  if (here.length === 0)
    throw new HttpError(404, 'NOT_FOUND', `There is nothing at ${path}; see /api/v1/openapi.json.`);
  const match = here.find(({ route }) => route.method === (method === 'HEAD' ? 'GET' : method));
  if (match !== undefined) return match;
  const allow = here.map(({ route }) => route.method).join(', ');
  throw new HttpError(405, 'INVALID_REQUEST', `${path} takes ${allow}, not ${method}.`, { allow });
}

/** Splits a request's target into its path and its query; a query parameter given twice is refused. */
export function splitTarget(target: string): { path: string; query: Record<string, string> } {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(mark < 0 ? '' : target.slice(mark))) {
    if (Object.hasOwn(query, key)) throw new HttpError(400, 'INVALID_REQUEST', `The query gives "${key}" twice.`);
    query[key] = value;
  }
  return { path, query };
}

function nameIn(template: string, path: string): string | undefined {
  const brace = template.indexOf('{');
  if (brace < 0) return template === path ? '' : undefined;
  const prefix = template.slice(0, brace);
  if (!path.startsWith(prefix) || path.length === prefix.length) return undefined;
  try {
    return decodeURIComponent(path.slice(prefix.length));
  } catch {
    throw new HttpError(400, 'INVALID_REQUEST', `The path ${path} has a broken percent sign.`);
  }
}
