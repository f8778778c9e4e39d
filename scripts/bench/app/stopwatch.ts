/** Stopwatches that run inside the window, so that driving it from outside costs nothing. */
import type { Page } from 'playwright';

/** From a key to what it changes on screen, ms. */
export interface Repaint {
  /** Every card that is at least partly in sight shows its new answer, painted. */
  readonly inSightMs: number;
  /** All cards of the view, the ones below the window's edge too. */
  readonly allMs: number;
}

/** From the next key, which `act` presses, until every answer on screen is there and painted. */
export async function timeRepaint(page: Page, act: () => Promise<void>): Promise<Repaint> {
  await page.evaluate(`void (globalThis.waymarkRepaint = new Promise((resolve, reject) => {
    // Where a card lies is asked before: asking meanwhile would have the window laid out again and again.
    const below = new Set(
      [...document.querySelectorAll('[aria-busy]')].filter(
        (element) => element.getBoundingClientRect().top >= innerHeight,
      ),
    );
    const start = () => {
      const startedAt = performance.now();
      let asked = false;
      let inSightMs;
      const painted = (then) => requestAnimationFrame(() => setTimeout(() => then(performance.now() - startedAt), 0));
      const look = () => {
        const waiting = [...document.querySelectorAll('[aria-busy="true"]')];
        asked ||= waiting.length > 0;
        if (asked && inSightMs === undefined && waiting.every((element) => below.has(element))) {
          inSightMs = 0;
          painted((ms) => (inSightMs = ms));
        }
        if (asked && waiting.length === 0) {
          stop();
          painted((allMs) => resolve({ inSightMs: inSightMs || allMs, allMs }));
        } else if (performance.now() - startedAt > 60000) {
          stop();
          reject(new Error(asked ? 'No answer within 60 s.' : 'The key asked nothing.'));
        }
      };
      const observer = new MutationObserver(look);
      observer.observe(document.body, { subtree: true, attributeFilter: ['aria-busy'] });
      const timer = setInterval(look, 500);
      const stop = () => {
        observer.disconnect();
        clearInterval(timer);
      };
    };
    addEventListener('keydown', start, { capture: true, once: true });
  }))`);
  await act();
  return page.evaluate('globalThis.waymarkRepaint');
}

/** Types a text into the field in focus; gives for each key the time until its frame is painted, ms. */
export async function timeTyping(page: Page, text: string): Promise<number[]> {
  await page.evaluate(`(() => {
    globalThis.waymarkKeys = [];
    addEventListener('keydown', () => {
      const at = performance.now();
      requestAnimationFrame(() => setTimeout(() => globalThis.waymarkKeys.push(performance.now() - at), 0));
    }, true);
  })()`);
  for (const key of text) {
    await page.keyboard.press(key);
    await page.waitForTimeout(60);
  }
  return page.evaluate('globalThis.waymarkKeys');
}

export interface Scrolling {
  /** Time between frames while scrolling, ms. */
  readonly frames: readonly number[];
  /** How far it got. */
  readonly rows: number;
}

/** Scrolls a table at a steady pace for some seconds. */
export async function timeScrolling(page: Page, selector: string, seconds: number): Promise<Scrolling> {
  const frames: number[] = await page.evaluate(`new Promise((resolve) => {
    const element = document.querySelector(${JSON.stringify(selector)});
    const frames = [];
    const startedAt = performance.now();
    let before = startedAt;
    const next = (now) => {
      frames.push(now - before);
      before = now;
      element.scrollTop += 120;
      if (now - startedAt < ${seconds * 1_000}) requestAnimationFrame(next);
      else resolve(frames.slice(1));
    };
    requestAnimationFrame(next);
  })`);
  const last = page.locator(`${selector} tbody tr[data-row]`).last();
  return { frames, rows: Number(await last.getAttribute('data-row')) };
}
