import type { Workbench } from '../rig/index.ts';

/** What of a webview's page has the focus. */
export interface PageFocus {
  /** Its `data-testid`, else its role or tag; `body` where nothing of it has the focus, `elsewhere` where it is not in the page. */
  readonly what: string;
  /** Whether a person sees that it has. */
  readonly isSeen: boolean;
}

/** Looks for what has the focus in the webview that is shown. */
export function focusInWebview(workbench: Workbench): Promise<PageFocus> {
  return workbench.webview().locator('body').evaluate<PageFocus, void>(FOCUS, undefined);
}

/** Something that the keyboard reaches, as the browser tells screen readers. */
export interface Reachable {
  readonly role: string;
  /** Empty where a screen reader has nothing to say. */
  readonly name: string;
}

/** All that can have the focus in the webview that is shown. */
export async function reachableInWebview({ page }: Workbench): Promise<readonly Reachable[]> {
  const session = await page.context().newCDPSession(page);
  try {
    await session.send('Accessibility.enable');
    const { frameTree } = await session.send('Page.getFrameTree');
    const frameId = activeFrame(frameTree);
    if (frameId === undefined) throw new Error(`no webview is shown: ${JSON.stringify(frameTree)}`);
    const { nodes } = await session.send('Accessibility.getFullAXTree', { frameId });
    return nodes
      .filter(({ ignored, properties }) => !ignored && properties?.some(isFocusable))
      .map(({ role, name }) => ({ role: String(role?.value), name: String(name?.value ?? '').trim() }));
  } finally {
    await session.detach();
  }
}

interface FrameTree {
  readonly frame: { readonly id: string; readonly name?: string; readonly url: string };
  readonly childFrames?: readonly FrameTree[];
}

/** VS Code loads the page of a webview into a frame within its frame. */
function activeFrame({ frame, childFrames = [] }: FrameTree): string | undefined {
  if (frame.name === 'active-frame' || /\/pre\/fake\.html/.test(frame.url)) return frame.id;
  for (const child of childFrames) {
    const found = activeFrame(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isFocusable({
  name,
  value,
}: {
  readonly name: string;
  readonly value: { readonly value?: unknown };
}): boolean {
  return name === 'focusable' && value.value === true;
}

/** Runs in the page. A focus shows by an outline, a ring in a drawing, or the border of a field. */
const FOCUS = `(() => {
  if (!document.hasFocus()) return { what: 'elsewhere', isSeen: false };
  const host = document.activeElement;
  let inner = host;
  while (inner.shadowRoot?.activeElement) inner = inner.shadowRoot.activeElement;
  const outlined = (element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== 'none' && outlineWidth !== '0px';
  };
  const ring = host.querySelector('.focus-ring');
  const field = host.shadowRoot?.querySelector('.root');
  const border = getComputedStyle(document.documentElement).getPropertyValue('--vscode-focusBorder').trim();
  const probe = document.createElement('i');
  probe.style.setProperty('color', border);
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  const isSeen = outlined(inner)
    || (ring !== null && getComputedStyle(ring).stroke === color)
    || (field != null && getComputedStyle(field).borderTopColor === color);
  return { what: host.dataset.testid ?? host.getAttribute('role') ?? host.localName, isSeen: host !== document.body && isSeen };
})()`;
