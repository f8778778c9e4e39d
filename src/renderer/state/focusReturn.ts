/** Where the focus goes when what held it is gone: never to the page's body, from where no key leads on. */

/** What had the focus, to find it again where it is drawn anew. */
interface Held {
  readonly element: HTMLElement;
  /** Its `data-focus`, as rows have one, else its label. */
  readonly name: string | undefined;
}

/** A row may come with an answer; then it is no longer waited for. */
const WAIT_MS = 5_000;

const held = new WeakMap<object, Held>();

const isSeen = (element: HTMLElement): boolean => element.isConnected && element.getClientRects().length > 0;

/** Nothing has the focus that could be seen. */
const isLost = (): boolean =>
  !(document.activeElement instanceof HTMLElement) || document.activeElement === document.body;

/** Keeps what has the focus at a place that is left. */
export function keepFocus(place: object): void {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement) || element === document.body) return;
  held.set(place, { element, name: nameOf(element) });
}

const nameOf = (element: Element): string | undefined =>
  element.closest<HTMLElement>('[data-focus]')?.dataset['focus'] ??
  element.getAttribute('aria-label') ??
  undefined;

const named = (name: string): HTMLElement | undefined =>
  [...document.querySelectorAll<HTMLElement>('.wm-content [data-focus], .wm-content [aria-label]')].find(
    (each) => nameOf(each) === name,
  );

const heading = (): HTMLElement | null => document.querySelector('.wm-heading h1');

/** Gives the focus to an element, to what stands for it now, else to the heading. */
export function focusAgain(element: Element | null): void {
  const name = element ? nameOf(element) : undefined;
  const found = element instanceof HTMLElement && isSeen(element) ? element : name && named(name);
  (found || heading())?.focus();
}

/** Once a place is drawn: what had the focus there has it again, else the heading; a focus that is seen stays. */
export function giveFocus(place: object): () => void {
  if (!isLost()) return () => undefined;
  const before = held.get(place);
  if (before && isSeen(before.element)) {
    before.element.focus();
    return () => undefined;
  }
  const title = heading();
  title?.focus();
  const name = before?.name;
  if (name === undefined) return () => undefined;
  const stop = (): void => {
    observer.disconnect();
    clearTimeout(timer);
  };
  const look = (): void => {
    if (document.activeElement !== title) return stop();
    const found = named(name);
    if (!found) return;
    stop();
    found.focus();
  };
  const observer = new MutationObserver(look);
  const timer = setTimeout(stop, WAIT_MS);
  observer.observe(document.body, { childList: true, subtree: true });
  look();
  return stop;
}

/**
 * Gives the focus to the first of these that can be seen, when nothing has it or something within what closes:
 * who has gone on to something else stays there.
 */
export function giveFocusBack(
  candidates: readonly (Element | null | undefined)[],
  closing?: Element | null,
): void {
  if (!isLost() && closing?.contains(document.activeElement) !== true) return;
  candidates
    .find((element): element is HTMLElement => element instanceof HTMLElement && isSeen(element))
    ?.focus();
}

/** The same once what changed is drawn. */
export function focusWhenDrawn(...candidates: readonly (() => Element | null | undefined)[]): void {
  requestAnimationFrame(() => giveFocusBack(candidates.map((candidate) => candidate())));
}
