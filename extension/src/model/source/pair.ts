/**
 * For each part of a file as it is now, the part that it was before, or `undefined`: first by the same text, the rest in their order.
 * What stands before and after all changes is not looked at again.
 */
export function pairParts<Before extends { readonly text: string }>(
  before: readonly Before[],
  now: readonly { readonly text: string }[],
): (Before | undefined)[] {
  const most = Math.min(before.length, now.length);
  let head = 0;
  while (head < most && before[head]?.text === now[head]?.text) head++;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail)?.text === now.at(-1 - tail)?.text) tail++;
  return [
    ...before.slice(0, head),
    ...pairMiddle(before.slice(head, before.length - tail), now.slice(head, now.length - tail)),
    ...before.slice(before.length - tail),
  ];
}

function pairMiddle<Before extends { readonly text: string }>(
  before: readonly Before[],
  now: readonly { readonly text: string }[],
): (Before | undefined)[] {
  const byText = Map.groupBy(before, ({ text }) => text);
  const same = now.map(({ text }) => byText.get(text)?.shift());
  const taken = new Set(same);
  const rest = before.filter((part) => !taken.has(part)).values();
  return same.map((found) => found ?? rest.next().value);
}
