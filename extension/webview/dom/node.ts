/** What an attribute may be: absent or false = not there, true = there without a value; `on:…` takes a listener. */
export type Attribute = string | number | boolean | undefined | Listener;

/** Hears an event of an element. */
export type Listener = (event: Event) => void;

/** An element as it shall be. */
export interface Node {
  readonly tag: string;
  /** Among its siblings, so that the same thing stays the same element. */
  readonly key: string | undefined;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly children: readonly (Node | string)[];
}

/** What may be given as a child: nothing, text, elements. */
export type Child = Node | string | number | false | undefined | readonly Child[];

/**
 * Describes an element. Names of attributes are those of HTML and SVG, and: `key`; `on:<event>` for a listener;
 * `prop:<name>` for a property; `style:<name>` for one declaration of its style.
 */
export function h(tag: string, attributes: Readonly<Record<string, Attribute>>, ...children: readonly Child[]): Node {
  const { key, ...others } = attributes;
  return { tag, key: key === undefined ? undefined : String(key), attributes: others, children: flat(children) };
}

/** Children without what is nothing. */
export function flat(children: readonly Child[]): (Node | string)[] {
  return children.flatMap((child): (Node | string)[] => {
    if (child === undefined || child === false || child === '') return [];
    if (typeof child === 'number') return [String(child)];
    return typeof child === 'string' || 'tag' in child ? [child] : flat(child);
  });
}
