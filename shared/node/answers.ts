import type * as z from 'zod';

/** What a body says, or that it cannot be understood. */
export type Read<T> = { readonly success: true; readonly data: T } | { readonly success: false };

/** Reads the text of a body; `undefined` = there is none. Throws where it is no JSON. */
export type Reader<T> = (text: string | undefined) => Read<T>;

/** Reads what fits a schema. */
export function bySchema<S extends z.ZodType>(schema: S): Reader<z.output<S>> {
  return (text) => schema.safeParse(text === undefined ? undefined : JSON.parse(text));
}

/** For what is large and asked for again and again: a text that is the same as the last one is the same value. */
export function remembering<T>(read: Reader<T>): Reader<T> {
  let last: { readonly text: string | undefined; readonly answer: Read<T> } | undefined;
  return (text) => {
    if (last?.text === text && last !== undefined) return last.answer;
    const answer = read(text);
    last = { text, answer };
    return answer;
  };
}
