/** Stopwatches that run inside the window, so that driving it from outside costs nothing. */
import type { Page } from 'playwright';

/** From the next key, which `act` presses, until every answer on screen is there and painted, ms. */
export async function timeRepaint(page: Page, act: () => Promise<void>): Promise<number> {
  await page.evaluate(`void (globalThis.waymarkRepaint = new Promise((resolve, reject) => {
    const start = () => {
      const startedAt = performance.now();
      let asked = false;
      const busy = () => document.querySelector('[aria-busy="true"]') !== null;
      const done = () => requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - startedAt), 0));
      const look = () => {
        asked ||= busy();
        if (asked && !busy()) done();
        else if (performance.now() - startedAt > 60000)
          reject(new Error(asked ? 'No answer within 60 s.' : 'The key asked nothing.'));
        else setTimeout(look, 0);
      };
      setTimeout(look, 0);
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
