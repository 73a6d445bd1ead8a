import { EVENT_TYPES } from '@weaveflux/shared';
import { FLUX_NOTIFY, HOOKS } from './hooks/hooks.ts';
import { openApi } from './openapi.ts';
import { peopleRoutes } from './people.ts';

interface Named {
  readonly $ref?: string;
  readonly items?: Named;
}

interface Operation {
  readonly summary: string;
  readonly 'x-weaveflux-verb': string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Named } } };
  readonly responses: Readonly<
    Record<string, { readonly content?: { readonly 'application/json': { readonly schema: Named } } }>
  >;
}

/** `docs/reference/api.md`, made from the routes. */
export function apiReference(): string {
  const { paths } = openApi(peopleRoutes(''), '') as { paths: Record<string, Record<string, Operation>> };
  const rows = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => row(path, method, operation)),
  );
  return `${[...INTRODUCTION, ...rows, ...AFTERWORD].join('\n')}\n`;
}

const INTRODUCTION = [
  '# The HTTP API of the agent',
  '',
  'Generated from the routes by `npm run docs`; do not edit.',
  '',
  'Two listeners, both plain HTTP and by default on loopback:',
  '',
  '- people, `--listen`, 127.0.0.1:3030: everything below. The editor extension and the command `weaveflux` use it.',
  `  Also \`POST ${FLUX_NOTIFY}\`, without a token, for programs of the same machine or pod.`,
  '- machines, `--listen-metrics`, 127.0.0.1:3031: `GET /healthz` (200 while the agent lives), `GET /readyz` (200, or 503',
  '  with a line for each reason), `GET /metrics` (Prometheus text format). They take no token and tell no secret. And webhooks,',
  '  by which registries and CI tell of a push (see [images.md](../images.md#webhooks-told-of-a-push)):',
  `  ${Object.keys(HOOKS)
    .map((path) => `\`POST ${path}\``)
    .join(', ')}.`,
  '',
  '## Asking',
  '',
  "Each request carries `Authorization: Bearer <token>`. On a user's own machine the token stands in the agent's file (see",
  '[cli.md](cli.md)), is new at each start and allows everything. In a cluster it is one of a service account, and each request',
  'needs its verb on the environment (see [access.md](../access.md)).',
  'The `Host` must be `localhost`, `127.0.0.1` or `[::1]`, with any port. There is no CORS: pages cannot ask.',
  '',
  '```sh',
  'file=~/.local/state/weaveflux/agents/default.json',
  'curl -H "Authorization: Bearer $(jq -r .token $file)" "$(jq -r .url $file)/api/v1/status"',
  '```',
  '',
  'Bodies are JSON of at most 1 MiB (`/plan`: 32 MiB). A field or query that is not known is refused, so that a typing error',
  'never passes for a wish. An `Idempotency-Key` on `/changes` makes a retry within an hour return the first job.',
  '',
  'Shapes are in `GET /api/v1/openapi.json` (OpenAPI 3.1), which is made from the schemas that check every input.',
  '',
  '| Request | What it does | Verb | Takes | Gives |',
  '| --- | --- | --- | --- | --- |',
];

const AFTERWORD = [
  '',
  '## Events',
  '',
  '`GET /api/v1/events` answers with server-sent events. Each has the `id` of the event, its type as `event`, and the event',
  'itself as JSON in `data`. A reader that sends `Last-Event-ID` gets what came since, as far as the last 1,000 are kept;',
  'else the first message is `event: reset`, and the reader reads the status again. A comment comes every 15 seconds.',
  'With `Accept: application/json` the kept events come as one list, oldest first. In a cluster the stream ends with the token,',
  'or within a minute and ten seconds when the right is taken away: come again with a new token.',
  '',
  `Types: ${EVENT_TYPES.map((type) => `\`${type}\``).join(', ')}.`,
  '',
  '## Errors',
  '',
  'An error is `{"error": {"severity", "code", "message", "object"?, "file"?, "line"?}}`: one sentence that says what happened,',
  'where, and what to do.',
  '',
  '| Status | Meaning |',
  '| --- | --- |',
  '| 400, 413, 415, 422 | The request, or what it would write, is not valid. |',
  '| 401 | No token, or one that has ended or is not for this agent. |',
  '| 403 | A foreign `Host`, a verb that the caller lacks, or something that the agent may not do. |',
  '| 404, 405 | No such path, job or object; or another method. |',
  '| 409 | It cannot be done as things stand: read-only, in conflict, waiting for a person. |',
  '| 500 | Not foreseen; the log of the agent says more. |',
  '| 501 | Not supported yet. |',
  '| 502 | Git, a registry or Kubernetes did not do its part. |',
  '| 503, 504 | The agent is stopping or cannot ask the cluster who the caller is, or there was no answer in time (60 s; `/plan` 5 min): ask again. |',
];

function row(path: string, method: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map(({ name, in: where }) => (where === 'query' ? `?${name}` : name));
  const body = operation.requestBody?.content['application/json'].schema;
  const takes = [...(body === undefined ? [] : [nameOf(body)]), ...parameters].map((name) => `\`${name}\``).join(', ');
  const [[status = '', answer] = []] = Object.entries(operation.responses).filter(([code]) => code !== 'default');
  const schema = answer?.content?.['application/json'].schema;
  const gives = schema === undefined ? status : `${status} \`${nameOf(schema)}\``;
  return `| \`${method.toUpperCase()} ${path}\` | ${operation.summary.replaceAll('|', '\\|')} | ${operation['x-weaveflux-verb']} | ${takes} | ${gives} |`;
}

function nameOf(schema: Named): string {
  if (schema.items !== undefined) return `${nameOf(schema.items)}[]`;
  return schema.$ref?.split('/').at(-1) ?? 'object';
}
