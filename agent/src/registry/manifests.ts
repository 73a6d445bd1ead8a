import { WeavefluxError } from '@weaveflux/shared';
import * as z from 'zod';

/** What to ask for: OCI images and indexes, Docker's schema 2 and its lists. */
export const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const IMAGE_CONFIGS = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);
const CREATED_LABEL = 'org.opencontainers.image.created';
const PLATFORM = /^[\w.-]{1,40}(?:\/[\w.-]{1,40}){1,2}$/;
/** More than anybody builds for. */
const MAX_PLATFORMS = 100;
/** Reproducible builds write the year 1, 1970 or 1980 where the time is: none of them says when. */
const FIRST_BELIEVABLE = Date.UTC(1980, 0, 3);

const digest = z.string().regex(/^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/);
const annotations = z.record(z.string(), z.string()).nullish();

const imageSchema = z.object({
  config: z.object({ digest, mediaType: z.string().nullish() }),
  annotations,
});
const platformSchema = z.object({ os: z.string(), architecture: z.string(), variant: z.string().nullish() });
const childSchema = z.object({
  digest,
  platform: platformSchema.nullish(),
  annotations,
});
const indexSchema = z.object({ manifests: z.array(childSchema).max(10_000), annotations });
type Child = z.infer<typeof childSchema>;

const configSchema = z.object({
  created: z.string().nullish(),
  config: z.object({ Labels: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});

/** What a manifest leads to. */
export type Manifest =
  | { readonly kind: 'image'; readonly config: string | undefined; readonly created: string | undefined }
  | {
      readonly kind: 'index';
      readonly child: string | undefined;
      readonly created: string | undefined;
      /** What it has images for; empty = it does not say that of all. */
      readonly platforms: readonly string[];
    }
  /** Docker's schema 1 and other things that are no image. */
  | { readonly kind: 'unsupported' };

/** Understands a manifest by its form, not by what its headers say; REGISTRY_FAILED where it is two things at once or none. */
export function readManifest(text: string): Manifest {
  const json = parse(text);
  if (typeof json !== 'object' || json === null) throw unreadable('manifest');
  if ('manifests' in json && ('config' in json || 'layers' in json)) throw unreadable('manifest');
  if ('manifests' in json) {
    const index = indexSchema.safeParse(json);
    if (!index.success) throw unreadable('manifest');
    const created = readTime(index.data.annotations?.[CREATED_LABEL]);
    const images = index.data.manifests.filter(isImage);
    return { kind: 'index', child: choosePlatform(images)?.digest, created, platforms: platformsOf(images) };
  }
  const image = imageSchema.safeParse(json);
  if (!image.success) return { kind: 'unsupported' };
  const { mediaType, digest: config } = image.data.config;
  const created = readTime(image.data.annotations?.[CREATED_LABEL]);
  return { kind: 'image', config: mediaType && !IMAGE_CONFIGS.has(mediaType) ? undefined : config, created };
}

/** When the image of this config was built: its own time, else its label's, or the label's first where that is wanted. */
export function readCreated(text: string, labelFirst = false): string | undefined {
  const config = configSchema.safeParse(parse(text));
  if (!config.success) throw unreadable('image config');
  const label = config.data.config?.Labels?.[CREATED_LABEL];
  const own = readTime(config.data.created);
  const labelled = readTime(typeof label === 'string' ? label : undefined);
  return labelFirst ? (labelled ?? own) : (own ?? labelled);
}

/** The platform that the image of this config is for; `undefined` = it does not say. */
export function readPlatform(text: string): string | undefined {
  const platform = platformSchema.safeParse(parse(text));
  return platform.success ? platformText(platform.data) : undefined;
}

/** Attestations call their platform unknown. */
function isImage({ platform, annotations: notes }: Child): boolean {
  return (
    platform?.os !== 'unknown' &&
    platform?.architecture !== 'unknown' &&
    notes?.['vnd.docker.reference.type'] === undefined
  );
}

function platformsOf(images: readonly Child[]): string[] {
  const platforms = images.map(({ platform }) => (platform ? platformText(platform) : undefined));
  return platforms.includes(undefined)
    ? []
    : [...new Set(platforms.filter((text) => text !== undefined))].slice(0, MAX_PLATFORMS);
}

function platformText({ os, architecture, variant }: z.infer<typeof platformSchema>): string | undefined {
  const text = [os, architecture, ...(variant ? [variant] : [])].join('/');
  return PLATFORM.test(text) ? text : undefined;
}

/** linux/amd64, else the first platform. */
function choosePlatform(images: readonly Child[]): Child | undefined {
  return images.find(({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64') ?? images[0];
}

/** RFC 3339 in UTC with milliseconds, or nothing where it is no time or a placeholder for one. */
function readTime(text: string | null | undefined): string | undefined {
  if (!text || !/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) || time < FIRST_BELIEVABLE ? undefined : new Date(time).toISOString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(what: string): WeavefluxError {
  return new WeavefluxError('REGISTRY_FAILED', `The registry sent a ${what} that cannot be understood.`);
}
