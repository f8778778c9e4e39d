/** Stopwatches that run inside the window, so that driving it from outside costs nothing. */
import type { Page } from 'playwright';

/** From now until every answer on screen is there and painted, ms; the change itself is made by `act`, in the page. */
export async function timeRepaint(page: Page, act: string): Promise<number> {
  return page.evaluate(`new Promise((resolve) => {
    const startedAt = performance.now();
    let asked = false;
    const busy = () => document.querySelector('[aria-busy="true"]') !== null;
    const done = () => requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - startedAt), 0));
    const look = () => {
      asked ||= busy();
      if (asked && !busy()) done();
      else if (performance.now() - startedAt > 120000) resolve(Infinity);
      else setTimeout(look, 0);
    };
    ${act};
    look();
  })`);
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
