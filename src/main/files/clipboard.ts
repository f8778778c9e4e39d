import * as electron from 'electron';
import { WaymarkError } from '../../shared/errors';

/** In older Electrons (22 among them) the clipboard takes a picture as its own kind of object. */
interface PictureClipboard {
  writeImage(image: electron.NativeImage): void;
}

const takesPictures = (clipboard: object): clipboard is PictureClipboard => 'writeImage' in clipboard;

/** Puts text on the clipboard. */
export async function copyText(text: string): Promise<void> {
  await electron.clipboard.writeText(text);
}

/**
 * Puts a PNG on the clipboard, by whichever way this Electron has.
 * @throws WaymarkError `badInput` when the bytes are no picture
 */
export async function copyPicture(png: Uint8Array): Promise<void> {
  const image = electron.nativeImage.createFromBuffer(Buffer.from(png));
  if (image.isEmpty()) throw new WaymarkError('badInput', 'This is not a PNG picture.', { path: 'png' });
  const { clipboard } = electron;
  if (takesPictures(clipboard)) {
    clipboard.writeImage(image);
    return;
  }
  const blob = new Blob([new Uint8Array(png)], { type: 'image/png' });
  await clipboard.write([new electron.ClipboardItem({ 'image/png': blob })]);
}
