import { Agent, request } from 'undici';
import { type Content, content, type Image, type ImageOptions, makeImage } from './images.ts';

/** An image with its tag. */
export interface TagOptions extends ImageOptions {
  readonly tag: string;
}

/** A manifest with the blobs that it names. */
export interface Artifact {
  /** Absent = the manifest's digest. */
  readonly tag?: string;
  readonly mediaType: string;
  readonly manifest: Buffer;
  readonly blobs: readonly Buffer[];
}

/** Writes into a registry behind its door: neither its faults nor its log see it. */
export interface Pusher {
  /** Pushes an image and gives the digest of what the tag names. */
  pushImage(name: string, options: TagOptions): Promise<string>;
  /** Pushes what lies beside an image, such as a signature: under a tag, or the digest of its manifest. */
  pushArtifact(name: string, artifact: Artifact): Promise<string>;
  /** Many at once, in no order. */
  pushTags(name: string, tags: readonly (string | TagOptions)[]): Promise<void>;
  deleteTag(name: string, tag: string): Promise<void>;
  close(): Promise<void>;
}

/** Who pushes where; `authorization` gives the header for a repository. */
export interface PusherOptions {
  readonly url: string;
  readonly ca?: string;
  /** Distribution 2 cannot delete a tag by its name, only what it names. */
  readonly deletesByDigest: boolean;
  readonly authorization: (name: string) => string | undefined;
}

const AT_ONCE = 24;

/** Makes a pusher (distribution specification 1.1, "Push"). */
export function createPusher(options: PusherOptions): Pusher {
  const dispatcher = new Agent({
    connections: AT_ONCE,
    allowH2: false,
    ...(options.ca === undefined ? {} : { connect: { ca: options.ca } }),
  });
  const pushed = new Set<string>();
  const digests = new Map<string, string>();

  async function send(method: string, name: string, target: string, content?: Content): Promise<{ location: string }> {
    const authorization = options.authorization(name);
    const response = await request(new URL(target, options.url), {
      dispatcher,
      method: method as 'PUT',
      headers: {
        ...(authorization ? { authorization } : {}),
        ...(content ? { 'content-type': content.mediaType } : {}),
      },
      ...(content ? { body: content.bytes } : {}),
    });
    const body = await response.body.text();
    if (response.statusCode >= 300) throw new Error(`${method} ${target}: ${response.statusCode} ${body}`);
    return { location: String(response.headers.location ?? '') };
  }
  async function pushBlob(name: string, blob: Content): Promise<void> {
    const key = `${name}@${blob.digest}`;
    if (pushed.has(key)) return;
    const { location } = await send('POST', name, `/v2/${name}/blobs/uploads/`);
    const target = new URL(location, options.url);
    target.searchParams.set('digest', blob.digest);
    await send('PUT', name, target.pathname + target.search, { ...blob, mediaType: 'application/octet-stream' });
    pushed.add(key);
  }
  async function push(name: string, tag: string, image: Image): Promise<string> {
    await Promise.all(image.blobs.map((blob) => pushBlob(name, blob)));
    const top = image.manifests.at(-1);
    for (const manifest of image.manifests) {
      await send('PUT', name, `/v2/${name}/manifests/${manifest === top ? tag : manifest.digest}`, manifest);
    }
    const digest = top?.digest ?? '';
    digests.set(`${name}:${tag}`, digest);
    return digest;
  }
  const pushImage = (name: string, { tag, ...image }: TagOptions) => push(name, tag, makeImage(name, tag, image));
  const artifactOf = ({ mediaType, manifest, blobs }: Artifact): Image => ({
    blobs: blobs.map((bytes) => content('application/octet-stream', bytes)),
    manifests: [content(mediaType, manifest)],
  });
  return {
    pushImage,
    pushArtifact(name, artifact) {
      const image = artifactOf(artifact);
      return push(name, artifact.tag ?? image.manifests[0]?.digest ?? '', image);
    },
    async pushTags(name, tags) {
      const [first, ...rest] = tags.map((tag) => (typeof tag === 'string' ? { tag } : tag));
      // The first brings the layer that all others share.
      if (first) await pushImage(name, first);
      const waiting = rest.values();
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (const each of waiting) await pushImage(name, each);
        }),
      );
    },
    async deleteTag(name, tag) {
      const reference = options.deletesByDigest ? digests.get(`${name}:${tag}`) : tag;
      if (reference === undefined) throw new Error(`${name}:${tag} was not pushed by this object`);
      await send('DELETE', name, `/v2/${name}/manifests/${reference}`);
    },
    close: () => dispatcher.destroy(),
  };
}
