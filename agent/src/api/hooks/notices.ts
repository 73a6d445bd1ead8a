import { tryParseImage, WeavefluxError } from '@weaveflux/shared';
import * as z from 'zod';

/** An image repository that somebody says has a new tag. */
export interface ImageNotice {
  /** Canonical, as `ghcr.io` or `index.docker.io`; absent where the sender's own name for itself says nothing. */
  readonly registry?: string;
  /** `team/app`. */
  readonly repository: string;
}

/** What somebody says has changed. Nothing of it is believed: what the repository names of it is looked up. */
export interface Notice {
  readonly images: readonly ImageNotice[];
  readonly git: boolean;
}

const MAX_IMAGES = 1000;

const notifySchema = z.strictObject({
  images: z.array(z.string().max(1000)).max(MAX_IMAGES).default([]),
  git: z.boolean().default(false),
});

/** `{"images": ["ghcr.io/you/cart:1.4.2"], "git": true}`; tags and digests are left aside. Errors: INVALID_REQUEST. */
export function readNotify(body: unknown): Notice {
  const { images, git } = parse(notifySchema, body, 'images and git');
  return { images: images.map(readImage), git };
}

const eventsSchema = z.object({
  events: z
    .array(
      z.object({
        action: z.string(),
        target: z.object({ repository: z.string().max(1000).optional(), tag: z.string().optional() }).default({}),
      }),
    )
    .max(MAX_IMAGES),
});

/**
 * The envelope of the distribution registry (distribution, "Notifications"): pushes of manifests that have a tag count. The host in it is
 * what the pusher called the registry, so only the repository is taken. Errors: INVALID_REQUEST.
 */
export function readRegistryEvents(body: unknown): Notice {
  const { events } = parse(eventsSchema, body, 'events');
  const images = events.flatMap(({ action, target }): ImageNotice[] =>
    action === 'push' && target.repository !== undefined && target.tag !== undefined
      ? [{ repository: target.repository }]
      : [],
  );
  return { images, git: false };
}

const nameSchema = z.union([
  z.string().max(1000),
  z.object({ Domain: z.string().default(''), Image: z.string().max(1000) }),
]);
const fluxSchema = z.discriminatedUnion('Kind', [
  z.object({ Kind: z.literal('git') }),
  z.object({ Kind: z.literal('image'), Source: z.object({ Name: nameSchema }) }),
]);

/** The body of Flux v1's `/v11/notify`, which flux-recv sends. Errors: INVALID_REQUEST. */
export function readFluxNotify(body: unknown): Notice {
  const change = parse(fluxSchema, body, 'Kind "git" or "image", and Source');
  if (change.Kind === 'git') return { images: [], git: true };
  const { Name: name } = change.Source;
  const text = typeof name === 'string' ? name : [name.Domain, name.Image].filter((part) => part !== '').join('/');
  return { images: [readImage(text)], git: false };
}

function readImage(text: string): ImageNotice {
  const image = tryParseImage(text);
  if (image === undefined) {
    throw new WeavefluxError('INVALID_REQUEST', `"${text.slice(0, 100)}" names no image; send it as ghcr.io/you/cart.`);
  }
  return { registry: image.registry, repository: image.repository };
}

function parse<S extends z.ZodType>(schema: S, body: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new WeavefluxError('INVALID_REQUEST', `The body is not what is expected here: ${what}.`);
}
