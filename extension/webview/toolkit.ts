/**
 * The one module that knows `@vscode/webview-ui-toolkit`. The toolkit has been deprecated since January 2025 and its
 * repository is archived; it works, and will be replaced as a whole some day. The page uses `elements/` only, whose
 * tags come from here: another library needs another version of this file and nothing else.
 *
 * Not all of it works where inline styles are forbidden: its badge and tag write a `style` attribute, so ours are our own.
 */
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeTextField } from '@vscode/webview-ui-toolkit';

/** The tags of the toolkit's elements that are used. */
export const TOOLKIT_TAGS = {
  button: 'vscode-button',
  textField: 'vscode-text-field',
} as const;

/** Defines the elements that are used; called once, before the first of them is made. */
export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextField());
}
