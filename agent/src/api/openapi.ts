import * as shared from '@weaveflux/shared';
import * as z from 'zod';
import type { Route } from './route.ts';

/** The schemas that have a name in the document. */
const NAMED = {
  Status: shared.statusSchema,
  ObjectStatus: shared.objectStatusSchema,
  Health: shared.healthSchema,
  Difference: shared.differenceSchema,
  Suspension: shared.suspensionSchema,
  PruneWait: shared.pruneWaitSchema,
  Commit: shared.commitSchema,
  Problem: shared.problemSchema,
  Error: shared.errorResponseSchema,
  Event: shared.eventSchema,
  ImageStatus: shared.imageStatusSchema,
  Tag: shared.tagSchema,
  Hold: shared.holdSchema,
  TagExplanation: shared.tagExplanationSchema,
  ImageExplanation: shared.imageExplanationSchema,
  Change: shared.changeSchema,
  RequestedBy: shared.requestedBySchema,
  ChangesRequest: shared.changesRequestSchema,
  SyncRequest: shared.syncRequestSchema,
  SuspendRequest: shared.suspendRequestSchema,
  ResumeRequest: shared.resumeRequestSchema,
  AdoptRequest: shared.adoptRequestSchema,
  PlanRequest: shared.planRequestSchema,
  PlannedObject: shared.plannedObjectSchema,
  PlanResponse: shared.planResponseSchema,
  Outcome: shared.outcomeSchema,
  Job: shared.jobSchema,
  ObjectDetail: shared.objectDetailSchema,
  HistoryEntry: shared.historyEntrySchema,
  Explanation: shared.explanationSchema,
  Identity: shared.identitySchema,
} as const;

type Schema = Record<string, unknown>;

/** The OpenAPI 3.1 description of the routes, made from the schemas that check what they take and give. */
export function openApi(routes: readonly Route[], version: string): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Weaveflux agent', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    security: [{ token: [] }],
    paths,
    components: {
      schemas: namedSchemas(),
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operation(route: Route): Schema {
  const name = /\{(\w+)\}/.exec(route.path)?.[1];
  const parameters = [
    ...(name === undefined ? [] : [{ name, in: 'path', required: true, schema: { type: 'string' } }]),
    ...queryParameters(route.query),
    ...(route.idempotent
      ? [{ name: 'Idempotency-Key', in: 'header', schema: { type: 'string', maxLength: 200 } }]
      : []),
  ];
  return {
    summary: route.summary,
    'x-weaveflux-verb': typeof route.verb === 'string' ? route.verb : route.verb.words,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: { required: true, content: json(schemaOf(route.body)) } }),
    responses: {
      ...success(route),
      default: { description: 'An error', content: json(reference('Error')) },
    },
  };
}

function success(route: Route): Record<string, Schema> {
  if (route.response === undefined) return { 204: { description: 'Done' } };
  return { [route.status ?? 200]: { description: 'Success', content: json(schemaOf(route.response)) } };
}

function queryParameters(query: z.ZodType | undefined): Schema[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function schemaOf(schema: z.ZodType): Schema {
  if (schema instanceof z.ZodArray) return { type: 'array', items: schemaOf(schema.element as z.ZodType) };
  const name = Object.entries(NAMED).find(([, named]) => named === schema)?.[0];
  if (name !== undefined) return reference(name);
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

function namedSchemas(): Record<string, Schema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema as Schema]),
  );
}

function json(schema: Schema): Schema {
  return { 'application/json': { schema } };
}

function reference(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}
