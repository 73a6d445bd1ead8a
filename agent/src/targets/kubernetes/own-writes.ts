/**
 * Which changes that a watch tells are our own: those with a resourceVersion that the API returned to us. The event may
 * come before that answer, so while a write of ours is under way the object's events wait for it.
 */
export interface OwnWrites {
  /** Writes to this object begin. */
  begin(key: string): OwnWrite;
  /** We deleted the object with this uid. */
  deleted(uid: string): void;
  /** Calls `tell` unless the change is ours: at once, or when the writes under way have ended. */
  unlessOwn(event: { key: string; uid: string; resourceVersion: string; deleted: boolean }, tell: () => void): void;
}

/** Writes to one object that are under way. */
export interface OwnWrite {
  /** The API answered with this version. */
  wrote(resourceVersion: string | undefined): void;
  /** Call once. */
  end(): void;
}

/** How many writes are remembered whose events did not come yet (about 100 bytes each). */
const REMEMBERED = 10_000;

export function createOwnWrites(): OwnWrites {
  const versions = new Set<string>();
  const uids = new Set<string>();
  const underWay = new Map<string, { count: number; waiting: (() => void)[] }>();

  function isOwn(key: string, uid: string, resourceVersion: string, deleted: boolean): boolean {
    if (deleted && uids.delete(uid)) return true;
    return versions.delete(`${key}@${resourceVersion}`);
  }

  return {
    begin(key) {
      const entry = underWay.get(key) ?? { count: 0, waiting: [] };
      underWay.set(key, entry);
      entry.count++;
      return {
        wrote(resourceVersion) {
          if (resourceVersion !== undefined) remember(versions, `${key}@${resourceVersion}`);
        },
        end() {
          entry.count--;
          if (entry.count > 0) return;
          underWay.delete(key);
          for (const tell of entry.waiting) tell();
        },
      };
    },
    deleted(uid) {
      remember(uids, uid);
    },
    unlessOwn({ key, uid, resourceVersion, deleted }, tell) {
      const decide = () => {
        if (!isOwn(key, uid, resourceVersion, deleted)) tell();
      };
      const writing = underWay.get(key);
      if (writing === undefined) decide();
      else writing.waiting.push(decide);
    },
  };
}

function remember(set: Set<string>, value: string): void {
  set.add(value);
  if (set.size <= REMEMBERED) return;
  const oldest = set.values().next().value;
  if (oldest !== undefined) set.delete(oldest);
}
