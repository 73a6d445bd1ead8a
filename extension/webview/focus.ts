/**
 * Gives the focus back to what had it: VS Code takes it for its palette, lists and menus, and returns it to the page
 * but to nothing in it, so that whoever has no mouse would have lost their place.
 */
export function keepFocus(): void {
  let last: HTMLElement | SVGElement | undefined;
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement || target instanceof SVGElement) last = target;
  });
  // A press takes the focus to what it is on, or away from all.
  document.addEventListener('pointerdown', () => {
    last = undefined;
  });
  window.addEventListener('focus', () => {
    if (document.activeElement === document.body && last?.isConnected === true) last.focus({ preventScroll: true });
  });
}
