import {
  ENVIRONMENT_GROUP,
  ENVIRONMENT_KIND,
  ENVIRONMENT_VERSION,
  environmentSpecSchema,
  SETTINGS_FILE,
  settingsSchema,
} from '@weaveflux/shared';
import * as z from 'zod';

type Schema = Readonly<Record<string, unknown>>;

/** Draft 7, which VS Code's JSON and the YAML extensions know. */
const DRAFT = 'http://json-schema.org/draft-07/schema#';

/** The JSON Schema of `.weaveflux.yaml`, as text. */
export function settingsSchemaText(): string {
  const { $schema: _, ...schema } = plain(z.toJSONSchema(settingsSchema, { target: 'draft-7', io: 'input' }));
  return textOf({ title: SETTINGS_FILE, ...schema, type: ['object', 'null'], additionalProperties: false });
}

/**
 * The JSON Schema of `Environment`, as text. It says nothing of other objects, because editors hold every document of a file
 * against it.
 */
export function environmentSchemaText(): string {
  const { $schema: _, ...spec } = plain(z.toJSONSchema(environmentSpecSchema, { target: 'draft-7' }));
  const apiVersion = { const: `${ENVIRONMENT_GROUP}/${ENVIRONMENT_VERSION}` };
  const kind = { const: ENVIRONMENT_KIND };
  const metadata = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } };
  return textOf({
    title: `${ENVIRONMENT_KIND} of Weaveflux`,
    if: { properties: { apiVersion, kind }, required: ['apiVersion', 'kind'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
    then: {
      properties: {
        apiVersion,
        kind,
        metadata,
        spec: { ...spec, type: ['object', 'null'] },
        status: { type: 'object', description: 'Written by the agent.' },
      },
      additionalProperties: false,
    },
  });
}

/** Without the bounds that only say "any integer". */
function plain(schema: unknown): Schema {
  const text = JSON.stringify(schema, (key, value) => {
    return key === 'maximum' && value === Number.MAX_SAFE_INTEGER ? undefined : value;
  });
  return JSON.parse(text) as Schema;
}

function textOf(schema: Schema): string {
  const comment = 'Made by "npm run docs" from the schemas in shared; change it there.';
  return `${JSON.stringify({ $schema: DRAFT, $comment: comment, ...schema }, null, 2)}\n`;
}
