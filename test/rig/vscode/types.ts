import type { FrameLocator, Locator, Page } from 'playwright-core';

/**
 * What the workbench runs: a folder as it is, registered as if it had been installed, or a packed .vsix, installed
 * by VS Code itself. Both behave alike; only the second proves the packing.
 */
export type WorkbenchExtension =
  | { readonly kind: 'development'; readonly path: string }
  | { readonly kind: 'vsix'; readonly file: string };

export interface WorkbenchOptions {
  /** Absolute folders; several make a multi-root workspace. */
  readonly folders: readonly string[];
  readonly extension: WorkbenchExtension;
  /** Settings above those that keep the window quiet; of any scope. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Of the server and so of the extension host, above PATH, HOME and TMPDIR of ours: KUBECONFIG, HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /** False = Restricted Mode, as after "no" to the question whether the authors are trusted; true unless told. */
  readonly trusted?: boolean;
  /** Name of a colour theme, such as "Default Dark Modern", which it is unless told. */
  readonly theme?: string;
  /** In CSS pixels; 1440 × 900 unless told. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Pixels of a screenshot for each CSS pixel, 1 unless told; 2 for pictures that people are shown. */
  readonly scale?: number;
}

/**
 * The box of rows with a line to type in: of a quick pick, the palette, or of an input box (which has no rows).
 * Each call waits for it.
 */
export interface QuickPick {
  /** The rows that are shown now. */
  rows(): Locator;
  /** The line to type in; its `inputValue()` is what is typed so far. */
  input(): Locator;
  /** Types this and takes the first row with it; of a list of which one is chosen. */
  choose(text: string): Promise<void>;
  /** Replaces what is typed. It does not press Enter: `accept` does. */
  type(text: string): Promise<void>;
  /** Presses Enter. */
  accept(): Promise<void>;
}

/**
 * VS Code in a browser, with a real extension host and a real page. Every call that waits does so until a deadline
 * of 60 s, and fails then with a sentence that says what did not come.
 */
export interface Workbench extends AsyncDisposable {
  readonly page: Page;
  readonly quickPick: QuickPick;
  /** What the extension host and the log output channels of extensions wrote so far. */
  hostLog(): Promise<string>;
  /**
   * Runs the body of an async function in the extension host, where `vscode` is the API, and returns what it
   * returns as JSON has it: `inHost<number>('return vscode.languages.getDiagnostics().length')`.
   */
  inHost<T>(body: string): Promise<T>;
  /** Runs a command by its title in the palette ("Weaveflux: Sync Now"); waits until the palette has it. */
  command(title: string): Promise<void>;
  /** Opens a file by quick open (a name or the end of a path); its editor shows text afterwards. */
  openFile(name: string): Promise<void>;
  /** Opens a view container by its icon in the activity bar: "Weaveflux", "Explorer". */
  openView(name: string): Promise<void>;
  /** A code lens that can be clicked; the first with this text. */
  lens(text: string | RegExp): Locator;
  /** Waits until a code lens with this text is there; milliseconds, 60 000 unless told. */
  waitForLens(text: string | RegExp, deadline?: number): Promise<Locator>;
  /** A row of a view in the side bar; the first with this text. */
  treeRow(text: string | RegExp): Locator;
  /** The notifications with this text that are shown now, as toasts or in the list behind the bell. */
  notifications(text: string | RegExp): Locator;
  /** Waits for a notification with this text, wherever it is by then. */
  notified(text: string | RegExp): Promise<void>;
  /** Takes a button of a notification with this text, wherever it is by then. */
  answer(text: string | RegExp, button: string): Promise<void>;
  /** Closes all notifications. */
  clearNotifications(): Promise<void>;
  /** A modal dialog that asks; the first with this text. */
  dialog(text: string | RegExp): Locator;
  /** The document of the active editor as the extension host has it, unsaved changes included. */
  editorText(): Promise<string>;
  /** The page inside the webview that is shown. */
  webview(): FrameLocator;
  /** Loads the window again, as after "Developer: Reload Window"; waits until the extension host runs again. */
  reload(): Promise<void>;
  /** A PNG of the window, without a caret and without animations under way. */
  screenshot(file: string): Promise<void>;
}

export interface HostTestOptions {
  readonly folders: readonly string[];
  /** The folder of the extension, with its package.json. */
  readonly extensionPath: string;
  /** A CommonJS module that exports `run(): Promise<void>`, which throws when a test fails. */
  readonly testsPath: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Milliseconds until the tests count as hanging; 600 000 unless told. */
  readonly deadline?: number;
  /** Told what the tests print, as it comes. */
  readonly onLine?: (line: string) => void;
}

/** How a run of tests inside the extension host ended: 0 = `run` resolved; and what they printed. */
export interface HostTestResult {
  readonly code: number;
  readonly log: string;
}
