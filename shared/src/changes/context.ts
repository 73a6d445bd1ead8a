import type { Tag } from '../api/images.ts';
import type { Change, RequestedBy } from '../api/requests.ts';
import type { Manifest } from '../manifests/manifest.ts';
import type { Draft } from './draft.ts';
import type { MarkedImage } from './markers.ts';
import type { ImageChange, Workload } from './workload.ts';

/** What is wished, and all that must be known to decide it. */
export interface ChangeRequest {
  readonly manifests: readonly Manifest[];
  /** The images of fields with markers, by `markedImages`. */
  readonly marked?: readonly MarkedImage[];
  readonly changes: readonly Change[];
  /** An empty name = nobody knows who: a pin then tells of nobody. */
  readonly requestedBy: RequestedBy;
  /** Tags that the registry lists, by canonical name; `undefined` = not known, so that any tag is believed. */
  tagsFor(repository: string): readonly Tag[] | undefined;
  /** The tag before the last change, by `objectKey` and container. */
  previousTag(object: string, container: string): string | undefined;
  /** The digest that was beside a tag when it was replaced last; `undefined` = none was; absent = nobody knows. */
  previousDigest?(object: string, container: string, tag: string): string | undefined;
  /** What the container's policy chooses, whatever its order to the tag in the file. */
  chosenTag(object: string, container: string): Tag | undefined;
  /** Why `chosenTag` gives none and what to do, as the end of a sentence; `undefined` or absent = nobody knows. */
  whyNoTag?(object: string, container: string): string | undefined;
  /**
   * Whether a container's image must be signed, and why this tag is not as it must be, as the end of a sentence; `undefined` = it
   * need not be; absent = nobody knows.
   */
  signatureOf?(object: string, container: string, tag: string): { readonly refusal?: string } | undefined;
  /** What waits for approval, or why nothing does; absent = only the agent knows. */
  awaiting?(object: string, container: string): Awaiting | undefined;
}

/** How a container's image stands with approval. */
export interface Awaiting {
  /** What waits, with the whole reference that it becomes; absent = nothing waits. */
  readonly release?: { readonly tag: string; readonly text: string; readonly policy?: string };
  /** One sentence: why the image stands as it does. */
  readonly reason: string;
}

/** What one kind of change works on. */
export interface ChangeContext {
  readonly request: ChangeRequest;
  readonly workload: Workload;
  readonly draft: Draft;
}

/** What one change came to: the images it changes and a sentence that says so. */
export interface Done {
  readonly images?: readonly ImageChange[];
  readonly message: string;
}
