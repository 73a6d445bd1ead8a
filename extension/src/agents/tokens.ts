import * as vscode from 'vscode';

/** Tokens of agents, by the origin of their addresses; only ever in VS Code's secret storage. */
export interface Tokens extends vscode.Disposable {
  get(origin: string): Promise<string | undefined>;
  set(origin: string, token: string): Promise<void>;
  forget(origin: string): Promise<void>;
  /** Those of which a token was set on this machine. */
  readonly origins: readonly string[];
  /** The token of this origin is another, also by another window. */
  readonly onDidChange: vscode.Event<string>;
}

const PREFIX = 'weaveflux.token ';
const ORIGINS = 'weaveflux.tokenOrigins';

/** Tokens in the secret storage of the extension. */
export function createTokens({ secrets, globalState }: vscode.ExtensionContext): Tokens {
  const changed = new vscode.EventEmitter<string>();
  const listening = secrets.onDidChange(({ key }) => {
    if (key.startsWith(PREFIX)) changed.fire(key.slice(PREFIX.length));
  });
  const origins = () => globalState.get<readonly string[]>(ORIGINS, []);
  const without = (origin: string) => origins().filter((other) => other !== origin);
  return {
    get: async (origin) => secrets.get(PREFIX + origin),
    async set(origin, token) {
      await secrets.store(PREFIX + origin, token);
      await globalState.update(ORIGINS, [...without(origin), origin]);
    },
    async forget(origin) {
      await secrets.delete(PREFIX + origin);
      await globalState.update(ORIGINS, without(origin));
    },
    get origins() {
      return origins();
    },
    onDidChange: changed.event,
    dispose: () => vscode.Disposable.from(changed, listening).dispose(),
  };
}
