import type { Disposable, Event } from 'vscode';

/** An event of VS Code's shape that needs no VS Code. */
export interface Emitter<T> {
  readonly event: Event<T>;
  fire(value: T): void;
  dispose(): void;
}

/** Makes an event. What a listener throws goes to `failed` and keeps no other from hearing. */
export function createEmitter<T>(failed: (error: unknown) => void): Emitter<T> {
  const listeners = new Set<(value: T) => void>();
  return {
    event: (listener, self?: unknown, disposables?: Disposable[]) => {
      const heard = (value: T) => void listener.call(self, value);
      listeners.add(heard);
      const disposable = { dispose: () => void listeners.delete(heard) };
      disposables?.push(disposable);
      return disposable;
    },
    fire(value) {
      for (const listener of [...listeners]) {
        try {
          listener(value);
        } catch (error) {
          failed(error);
        }
      }
    },
    dispose: () => listeners.clear(),
  };
}
