/** Takes pictures of a window of the app, at any size, light or dark. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunningApp } from '../../src/e2e/harness/app.ts';
import { settle } from '../../src/e2e/harness/scenes.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface CameraOptions {
  readonly app: RunningApp;
  readonly out: string;
  readonly sizes: readonly Size[];
  readonly themes: readonly ('light' | 'dark')[];
  readonly format: 'png' | 'webp';
}

export interface Camera {
  /**
   * Takes a picture of what is on screen in every size and theme; returns the bytes written. `quiet: false` does not
   * wait for answers, for pictures of waiting.
   */
  shoot(name: string, options?: { quiet?: boolean }): Promise<number>;
}

/** Opens a camera; files are named `view-WIDTHxHEIGHT-theme`. */
export function openCamera({ app, out, sizes, themes, format }: CameraOptions): Camera {
  const page = app.window;
  const resize = ({ width, height }: Size): Promise<void> =>
    app.electron.evaluate(
      ({ BrowserWindow }, [w, h]) => {
        const window = BrowserWindow.getAllWindows()[0];
        window?.setMinimumSize(200, 200);
        window?.setContentSize(w, h);
      },
      [width, height] as const,
    );
  return {
    async shoot(name, { quiet = true } = {}) {
      await mkdir(out, { recursive: true });
      let bytes = 0;
      for (const theme of themes) {
        await app.call('settings.set', { theme });
        for (const size of sizes) {
          await resize(size);
          while ((await page.evaluate('`${innerWidth}x${innerHeight}`')) !== `${size.width}x${size.height}`)
            await page.waitForTimeout(20);
          if (quiet) await settle(page);
          else await page.waitForTimeout(200);
          const png = await page.screenshot({ animations: 'disabled' });
          const picture = format === 'png' ? png : await toWebp(app, png);
          bytes += picture.byteLength;
          const file = `${name}-${size.width}x${size.height}-${theme}.${format}`;
          await writeFile(path.join(out, file), picture);
        }
      }
      return bytes;
    },
  };
}

/** Runs in the window: PNG bytes in, WebP bytes out, both in base 64. */
const ENCODE = `async (base64) => {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext('2d').drawImage(bitmap, 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.92 });
  const reader = new FileReader();
  await new Promise((resolve) => {
    reader.onload = resolve;
    reader.readAsDataURL(blob);
  });
  return reader.result.slice(reader.result.indexOf(',') + 1);
}`;

/** The same picture in a third of the bytes, by the encoder that the window has. */
async function toWebp({ window }: RunningApp, png: Buffer): Promise<Buffer> {
  const encoded: string = await window.evaluate(`(${ENCODE})(${JSON.stringify(png.toString('base64'))})`);
  return Buffer.from(encoded, 'base64');
}
