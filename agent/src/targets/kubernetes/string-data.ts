import { type JsonObject, objectAt } from '@weaveflux/shared';

/**
 * A Secret whose `stringData` stands in `data`, as the API server would put it there. Sent as `stringData`, its keys
 * would be owned where they are not kept, and a key removed from the manifest would stay in `data` for ever.
 */
export function withoutStringData(secret: JsonObject): JsonObject {
  const { stringData, ...rest } = secret;
  const texts = Object.entries(objectAt(secret, ['stringData']));
  const areTexts = texts.every(([, value]) => typeof value === 'string');
  if (stringData === undefined || !areTexts) return secret;
  const encoded = texts.map(([name, value]) => [name, Buffer.from(String(value)).toString('base64')]);
  return { ...rest, data: { ...objectAt(secret, ['data']), ...Object.fromEntries(encoded) } };
}
