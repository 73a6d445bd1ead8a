import type { IncomingMessage, ServerResponse } from 'node:http';
import { asWeavefluxError } from '@weaveflux/shared';
import { answerHook, HOOKS, type HookDoor } from './hooks/hooks.ts';
import { HttpError } from './http-error.ts';
import { type ApiServer, DEFAULT_LIMITS, type ListenerLimits, startListener } from './listener.ts';
import { sendError, sendText } from './reply.ts';
import { splitTarget } from './router.ts';
import type { AgentService } from './service.ts';

export interface MachineApiOptions {
  readonly service: Pick<AgentService, 'notReady' | 'metrics'> & HookDoor;
  /** `host:port`; port 0 takes any free one. */
  readonly listen: string;
  readonly limits?: Partial<ListenerLimits>;
}

type Answer = (service: MachineApiOptions['service'], response: ServerResponse) => void;

const ANSWERS: Readonly<Record<string, Answer>> = {
  '/healthz': (_, response) => sendText(response, 200, 'ok\n'),
  '/readyz': sendReadiness,
  '/metrics': (service, response) =>
    sendText(response, 200, service.metrics(), { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
};

/**
 * Starts the API for machines: probes and metrics, which tell no secret and take no token, and hooks, by which others say
 * that there is something to look up. Errors: INVALID_SETTINGS.
 */
export function startMachineApi(options: MachineApiOptions): Promise<ApiServer> {
  const handler = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      const { path } = splitTarget(request.url ?? '/');
      if (Object.hasOwn(HOOKS, path)) await answerHook(path, request, response, options.service);
      else answerFor(path, request)(options.service, response);
    } catch (error) {
      sendError(response, asWeavefluxError(error));
    }
  };
  return startListener(options.listen, 'listen-metrics', handler, { ...DEFAULT_LIMITS, ...options.limits });
}

function answerFor(path: string, request: IncomingMessage): Answer {
  const answer = Object.hasOwn(ANSWERS, path) ? ANSWERS[path] : undefined;
  if (answer === undefined) {
    throw new HttpError(
      404,
      'NOT_FOUND',
      `There is nothing at ${path}; here are ${[...Object.keys(ANSWERS), ...Object.keys(HOOKS)].join(', ')}.`,
    );
  }
  if (request.method === 'GET' || request.method === 'HEAD') return answer;
  throw new HttpError(405, 'INVALID_REQUEST', `${path} takes GET, not ${request.method}.`, { allow: 'GET' });
}

function sendReadiness(service: MachineApiOptions['service'], response: ServerResponse): void {
  const reasons = service.notReady();
  if (reasons.length === 0) sendText(response, 200, 'ok\n');
  else sendText(response, 503, reasons.map((reason) => `${reason}\n`).join(''));
}
