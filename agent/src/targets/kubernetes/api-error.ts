import { isObject, type JsonObject, listAt, stringAt, valueAt, WeavefluxError } from '@weaveflux/shared';

/** What a request is about, for the words of its error. */
export interface ApiCall {
  /** How people see the object, `displayName`. */
  readonly object?: string;
  /** `objectKey`. */
  readonly key?: string;
  /** Plural, as RBAC names it. */
  readonly resource?: string;
  readonly group?: string;
  readonly namespace?: string;
  readonly verb?: string;
  /** The API's own words may quote the object's values, which are secret. */
  readonly secret?: boolean;
}

/** What the API said with an error; the `cause` of its WeavefluxError. */
export interface ApiFailure {
  readonly status: number;
  readonly reason: string;
  /** Dotted paths of the fields it complains of. */
  readonly fields: readonly string[];
  readonly retryAfter: number | undefined;
}

const LONGEST_MESSAGE = 500;
/** How the API server and its validation say that a field cannot change; there is no reason code for it. */
const IMMUTABLE =
  /immutable|may not be changed|may not change|cannot be changed|cannot change|can not be modified|updates to statefulset spec/i;
const DENIED =
  /User "(?<user>[^"]*)" cannot (?<verb>\w+) resource "(?<resource>[^"]+)" in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]+)")?/;

/** The error of an API answer (`Status` of meta/v1) as ours. */
export function apiError(
  status: number,
  body: JsonObject,
  call: ApiCall = {},
  method = 'GET',
  retryAfter?: string | string[],
): WeavefluxError {
  const failure: ApiFailure = {
    status,
    reason: stringAt(body, ['reason']) ?? '',
    fields: fieldsOf(body),
    retryAfter: retryAfterOf(body, retryAfter),
  };
  const about = call.key === undefined ? {} : { object: call.key };
  const message = stringAt(body, ['message']) ?? `HTTP ${status}`;
  const [code, text] = worded(failure, message, call, method);
  return new WeavefluxError(code, text, { cause: failure, about });
}

/** The API's part of an error thrown by the client, or `undefined` where the API did not speak. */
export function failureOf(error: unknown): ApiFailure | undefined {
  if (!(error instanceof WeavefluxError) || !isObject(error.cause)) return undefined;
  return 'status' in error.cause && 'fields' in error.cause ? (error.cause as unknown as ApiFailure) : undefined;
}

function worded(failure: ApiFailure, message: string, call: ApiCall, method: string): [WeavefluxError['code'], string] {
  const what = call.object ?? 'the request';
  const said = call.secret ? withoutValues(failure) : clean(message);
  if (failure.status === 401)
    return ['UNAUTHORIZED', 'The Kubernetes API does not accept the credentials; renew the token or the kubeconfig.'];
  if (failure.status === 403) return forbidden(what, message, said, call, method);
  if (failure.status === 404 && failure.reason !== 'NotFound')
    return ['UNKNOWN_KIND', `The cluster does not serve the kind of ${what}; install what defines it.`];
  if (failure.status === 404) return ['NOT_FOUND', `The API did not find what ${what} needs: ${said}`];
  if (failure.status === 409) return ['CONFLICT', `${what} changed meanwhile: ${said}`];
  if (failure.status === 410) return ['CONFLICT', `The version asked for is gone: ${said}`];
  if (failure.status === 422 && isImmutable(message)) {
    const field = failure.fields[0] ?? 'a field';
    return [
      'IMMUTABLE_FIELD',
      `${what} cannot be changed in place: ${field} is immutable; revert it or set the annotation weaveflux.dev/recreate: "true".`,
    ];
  }
  if (failure.status === 429) return ['API_UNREACHABLE', `The Kubernetes API is overloaded: ${said}`];
  if (failure.status === 504) return ['TIMEOUT', `The Kubernetes API gave up on ${what}: ${said}`];
  if (failure.status === 502 || failure.status === 503)
    return ['API_UNREACHABLE', `The part of the Kubernetes API that serves ${what} does not answer: ${said}`];
  return ['REJECTED', `The Kubernetes API refused ${what}: ${said}`];
}

/** 403 is a missing rule only when RBAC speaks; quota, admission and a namespace that ends speak so too. */
function forbidden(
  what: string,
  message: string,
  said: string,
  call: ApiCall,
  method: string,
): [WeavefluxError['code'], string] {
  const denied = DENIED.exec(message)?.groups;
  if (denied === undefined && !/attempting to grant|cannot /.test(message))
    return ['REJECTED', `The Kubernetes API refused ${what}: ${said}`];
  if (denied === undefined) return ['FORBIDDEN', `The agent may not do this with ${what}: ${said}`];
  const verb = denied.verb ?? call.verb ?? method.toLowerCase();
  const group = denied.group ?? call.group ?? '';
  const resource = `${denied.resource ?? call.resource}${group === '' ? '' : `.${group}`}`;
  const namespace = denied.namespace ?? '';
  const where = namespace === '' ? 'in the whole cluster' : `in namespace ${namespace}`;
  const about = call.object === undefined ? '' : ` (${call.object})`;
  const role = namespace === '' ? 'a ClusterRole' : `a Role in namespace ${namespace}`;
  const rule = JSON.stringify({
    apiGroups: [group],
    resources: [denied.resource ?? call.resource ?? ''],
    verbs: [verb],
  });
  return [
    'FORBIDDEN',
    `${whoIs(denied.user ?? '')} may not ${verb} ${resource} ${where}${about}; it needs the rule ${rule} in ${role}.`,
  ];
}

/** A service account by its namespace and name; any other user by name. */
function whoIs(user: string): string {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):(.+)$/.exec(user) ?? [];
  return name === undefined ? `The user "${user}"` : `The service account ${namespace}/${name}`;
}

function isImmutable(message: string): boolean {
  return IMMUTABLE.test(message);
}

function withoutValues(failure: ApiFailure): string {
  const fields = failure.fields.length === 0 ? '' : ` at ${failure.fields.join(', ')}`;
  return `${failure.reason || `HTTP ${failure.status}`}${fields} (its words are withheld, they may quote the Secret's values).`;
}

function clean(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: text from outside loses what could break a log line
  const oneLine = message.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  const cut = oneLine.length > LONGEST_MESSAGE ? `${oneLine.slice(0, LONGEST_MESSAGE)}…` : oneLine;
  return /[.!?\u2026]$/.test(cut) ? cut : `${cut}.`;
}

function fieldsOf(body: JsonObject): string[] {
  const named = listAt(body, ['details', 'causes']).flatMap((cause) => stringAt(cause, ['field']) ?? []);
  return [...new Set(named.filter((field) => field !== '' && field !== '<nil>'))];
}

function retryAfterOf(body: JsonObject, header: string | string[] | undefined): number | undefined {
  const seconds = Number(header ?? valueAt(body, ['details', 'retryAfterSeconds']));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}
