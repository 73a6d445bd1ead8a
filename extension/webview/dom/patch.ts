import type { Attribute, Node as Described, Listener } from './node.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** What an element was last drawn from. */
const drawn = new WeakMap<Node, Described | string>();
const listeners = new WeakMap<Element, Map<string, Listener>>();

/**
 * Makes the children of an element what is described, keeping elements that are the same: those with the same tag and
 * key, or without a key the same tag in the same turn. Texts are set as text, never read as markup. The focus stays
 * where it is, also where its element moves.
 */
export function draw(root: Element, children: readonly (Described | string)[]): void {
  const focused = document.activeElement;
  patchChildren(root, children);
  if (focused instanceof HTMLElement || focused instanceof SVGElement) {
    if (focused.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  }
}

function patchChildren(parent: Element, children: readonly (Described | string)[]): void {
  const before = new Map<string, Node>();
  const nameOld = names();
  for (const node of parent.childNodes) {
    const description = drawn.get(node);
    if (description !== undefined) before.set(nameOld(description), node);
  }
  const nameNew = names();
  const wanted = children.map((child) => ({ child, name: nameNew(child) }));
  const kept = new Set(wanted.map(({ name }) => name));
  for (const [name, node] of before) if (!kept.has(name)) node.parentNode?.removeChild(node);
  let next = parent.firstChild;
  for (const { child, name } of wanted) {
    const node = update(parent, before.get(name), child);
    if (node === next) next = node.nextSibling;
    else parent.insertBefore(node, next);
  }
}

/** Names children so that the same thing has the same name in the old and the new list. */
function names(): (child: Described | string) => string {
  const counts = new Map<string, number>();
  return (child) => {
    const kind = typeof child === 'string' ? '#text' : child.tag;
    if (typeof child !== 'string' && child.key !== undefined) return `${kind} key ${child.key}`;
    const turn = counts.get(kind) ?? 0;
    counts.set(kind, turn + 1);
    return `${kind} ${turn}`;
  };
}

function update(parent: Element, node: Node | undefined, child: Described | string): Node {
  if (typeof child === 'string') return updateText(node, child);
  const element = node instanceof Element ? node : create(parent, child);
  const before = drawn.get(element);
  const old = typeof before === 'object' ? before.attributes : {};
  for (const name of Object.keys(old)) if (!(name in child.attributes)) set(element, name, undefined, old[name]);
  for (const [name, value] of Object.entries(child.attributes)) set(element, name, value, old[name]);
  patchChildren(element, child.children);
  drawn.set(element, child);
  return element;
}

function updateText(node: Node | undefined, text: string): Node {
  const shown = node ?? document.createTextNode(text);
  if (shown.nodeValue !== text) shown.nodeValue = text;
  drawn.set(shown, text);
  return shown;
}

function create(parent: Element, { tag }: Described): Element {
  const isSvg = tag === 'svg' || parent.namespaceURI === SVG;
  return isSvg ? document.createElementNS(SVG, tag) : document.createElement(tag);
}

function set(element: Element, name: string, value: Attribute, before: Attribute): void {
  if (name.startsWith('on:')) {
    listen(element, name.slice(3), typeof value === 'function' ? value : undefined);
  } else if (name.startsWith('prop:')) {
    // The page's user may have changed it since.
    if (Reflect.get(element, name.slice(5)) !== value) Reflect.set(element, name.slice(5), value);
  } else if (value === before) {
    return;
  } else if (name.startsWith('style:')) {
    if (element instanceof HTMLElement || element instanceof SVGElement)
      element.style.setProperty(name.slice(6), value === undefined ? null : String(value));
  } else if (value === undefined || value === false) {
    element.removeAttribute(name);
  } else {
    element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** One listener an element and event, that calls the one of the last drawing. */
function listen(element: Element, type: string, listener: Listener | undefined): void {
  const known = listeners.get(element) ?? new Map<string, Listener>();
  listeners.set(element, known);
  if (!known.has(type)) element.addEventListener(type, (event) => known.get(type)?.(event));
  known.set(type, listener ?? (() => undefined));
}
