import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** What a small image says of itself. */
export interface ImageOptions {
  /** RFC 3339; 2026-01-01T00:00:00Z unless told. */
  readonly created?: string;
  /** Labels of the config; `org.opencontainers.image.created` is not added by itself. */
  readonly labels?: Readonly<Record<string, string>>;
  /** `os/architecture[/variant]`; one makes an image, several an index. linux/amd64 unless told. */
  readonly platforms?: readonly string[];
  /** OCI unless told: Docker's schema 2 and manifest list. */
  readonly format?: 'oci' | 'docker';
  /** One layer without files unless told. */
  readonly layers?: readonly Layer[];
  /** What else stands in the `config` of its configuration: `Entrypoint`, `User`; `Env` comes after `RIG_IMAGE`. */
  readonly config?: { readonly Env?: readonly string[]; readonly [field: string]: unknown };
}

/** A layer: a tar archive, gzipped. */
export interface Layer {
  readonly gzip: Buffer;
  /** Digest of the tar archive itself. */
  readonly diffId: string;
  /** Bytes of the tar archive. */
  readonly size: number;
}

/** Bytes with their name in a registry. */
export interface Content {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** An image ready to be pushed: blobs first, then the manifests in order; the last one gets the tag. */
export interface Image {
  readonly blobs: readonly Content[];
  readonly manifests: readonly Content[];
}

const TYPES = {
  oci: {
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    index: 'application/vnd.oci.image.index.v1+json',
  },
  docker: {
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
  },
} as const;

/** The end of a tar archive, alone: the smallest layer there is. */
const EMPTY_TAR = Buffer.alloc(1024);
const EMPTY_LAYER = makeLayer(EMPTY_TAR);

/** The layer of a tar archive. */
export function makeLayer(tar: Buffer): Layer {
  return { gzip: gzipSync(tar, { level: 1 }), diffId: digestOf(tar), size: tar.length };
}

/** Makes an image, of one empty layer unless told. `name` and `tag` go into its config, so that different images differ. */
export function makeImage(name: string, tag: string, options: ImageOptions = {}): Image {
  const types = TYPES[options.format ?? 'oci'];
  const platforms = options.platforms ?? ['linux/amd64'];
  const single = platforms.map((platform) => makePlatform(name, tag, platform, types, options));
  const blobs = [...layersOf(options, types.layer), ...single.map((each) => each.config)];
  const manifests = single.map((each) => each.manifest);
  if (platforms.length === 1) return { blobs, manifests };
  const index = json(types.index, {
    schemaVersion: 2,
    mediaType: types.index,
    manifests: manifests.map((manifest, at) => ({
      ...descriptor(manifest),
      platform: platformOf(platforms[at] ?? ''),
    })),
  });
  return { blobs, manifests: [...manifests, index] };
}

function makePlatform(
  name: string,
  tag: string,
  platform: string,
  types: (typeof TYPES)[keyof typeof TYPES],
  options: ImageOptions,
): { config: Content; manifest: Content } {
  const created = options.created ?? '2026-01-01T00:00:00Z';
  const layers = options.layers ?? [EMPTY_LAYER];
  const config = json(types.config, {
    created,
    ...platformOf(platform),
    config: {
      ...options.config,
      Env: [`RIG_IMAGE=${name}:${tag}`, ...(options.config?.Env ?? [])],
      ...(options.labels ? { Labels: options.labels } : {}),
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(() => ({ created, created_by: 'weaveflux rig' })),
  });
  const manifest = json(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: descriptor(config),
    layers: layersOf(options, types.layer).map(descriptor),
  });
  return { config, manifest };
}

function layersOf(options: ImageOptions, mediaType: string): Content[] {
  return (options.layers ?? [EMPTY_LAYER]).map(({ gzip }) => content(mediaType, gzip));
}

function platformOf(platform: string): { os: string; architecture: string; variant?: string } {
  const [os = 'linux', architecture = 'amd64', variant] = platform.split('/');
  return { os, architecture, ...(variant ? { variant } : {}) };
}

function json(mediaType: string, value: unknown): Content {
  return content(mediaType, Buffer.from(JSON.stringify(value)));
}

/** Bytes with their digest. */
export function content(mediaType: string, bytes: Buffer): Content {
  return { mediaType, bytes, digest: digestOf(bytes) };
}

function descriptor({ mediaType, digest, bytes }: Content): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest, size: bytes.length };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
