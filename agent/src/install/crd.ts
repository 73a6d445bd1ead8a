import {
  ENVIRONMENT_GROUP,
  ENVIRONMENT_KIND,
  ENVIRONMENT_PLURAL,
  ENVIRONMENT_VERSION,
  environmentSpecSchema,
  environmentStatusSchema,
} from '@weaveflux/shared';
import * as z from 'zod';
import type { Fields } from './tree.ts';

const COLUMNS: readonly (readonly [name: string, type: string, path: string])[] = [
  ['Revision', 'string', '.status.shortRevision'],
  ['Ready', 'string', '.status.conditions[?(@.type=="Ready")].status'],
  ['Status', 'string', '.status.conditions[?(@.type=="Ready")].reason'],
  ['Objects', 'integer', '.status.objects.total'],
  ['Healthy', 'integer', '.status.objects.healthy'],
  ['Failed', 'integer', '.status.objects.failed'],
  ['Suspended', 'string', '.status.conditions[?(@.type=="Suspended")].status'],
  ['Age', 'date', '.metadata.creationTimestamp'],
];

/** The CustomResourceDefinition of `Environment`; its schema is the one that the agent writes by. */
export const ENVIRONMENT_CRD: Fields = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${ENVIRONMENT_PLURAL}.${ENVIRONMENT_GROUP}` },
  spec: {
    group: ENVIRONMENT_GROUP,
    scope: 'Namespaced',
    names: {
      kind: ENVIRONMENT_KIND,
      listKind: `${ENVIRONMENT_KIND}List`,
      plural: ENVIRONMENT_PLURAL,
      singular: ENVIRONMENT_KIND.toLowerCase(),
      categories: ['weaveflux'],
    },
    versions: [
      {
        name: ENVIRONMENT_VERSION,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: COLUMNS.map(([name, type, jsonPath]) => ({ name, type, jsonPath })),
        schema: { openAPIV3Schema: schemaOfEnvironment() },
      },
    ],
  },
};

function schemaOfEnvironment(): Fields {
  return {
    type: 'object',
    description: 'How a Weaveflux agent keeps an environment, and the wish to suspend it. Made by the agent.',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      // A server-side apply that takes the last field out of the spec leaves null there.
      spec: { ...structural(z.toJSONSchema(environmentSpecSchema, { target: 'openapi-3.0' })), nullable: true },
      status: structural(z.toJSONSchema(environmentStatusSchema, { target: 'openapi-3.0' })),
    },
  };
}

/** A schema as Kubernetes wants it: fields that it does not name are dropped anyway, and no bound says "any number". */
function structural(schema: unknown): Fields {
  const kept = Object.entries(schema as Record<string, unknown>).filter(
    ([key, value]) => key !== 'additionalProperties' && !(key === 'maximum' && Number(value) >= 2 ** 31 - 1),
  );
  const settled = kept.map(([key, value]) => {
    if (key === 'properties') {
      const fields = Object.entries(value as object).map(([name, field]) => [name, structural(field)]);
      return [key, Object.fromEntries(fields)];
    }
    return [key, key === 'items' ? structural(value) : value];
  });
  return Object.fromEntries(settled) as Fields;
}
