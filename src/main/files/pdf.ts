import { BrowserWindow, session } from 'electron';
import { lockSession } from '../security/lockDown';
import { APP_ORIGIN, serveScheme, type SchemeAnswer } from '../security/appScheme';
import type { Log } from '../diagnostics/log';

const POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'";
const CSS_PIXELS_PER_INCH = 96;

const answer = (type: string, body: string): SchemeAnswer => ({
  status: 200,
  headers: { 'content-type': type, 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff' },
  body: Buffer.from(body),
});

/**
 * A one-page PDF of an SVG, as vectors, its page as large as the picture (CSS pixels). The SVG is shown as an
 * image in a window without scripts or network, so nothing in it can run or load.
 */
export async function makePdf(options: {
  svg: string;
  width: number;
  height: number;
  log: Log;
}): Promise<Buffer> {
  const { svg, width, height, log } = options;
  const partition = session.fromPartition(`pdf-${Date.now()}-${Math.random()}`, { cache: false });
  lockSession(partition, log);
  const page = `<!doctype html><meta charset="utf-8"><style>
    @page { size: ${width}px ${height}px; margin: 0 }
    html, body { margin: 0 } img { display: block; width: ${width}px; height: ${height}px }
  </style><img src="picture.svg" alt="">`;
  serveScheme(partition, (address) =>
    Promise.resolve(
      new URL(address).pathname === '/picture.svg'
        ? answer('image/svg+xml', svg)
        : answer('text/html; charset=utf-8', page),
    ),
  );
  const window = new BrowserWindow({
    show: false,
    webPreferences: { session: partition, sandbox: true, contextIsolation: true, javascript: false },
  });
  try {
    await window.loadURL(`${APP_ORIGIN}/index.html`);
    return await window.webContents.printToPDF({
      printBackground: true,
      preferCSSPageSize: true,
      margins: { top: 0, bottom: 0, left: 0, right: 0 },
      pageSize: { width: width / CSS_PIXELS_PER_INCH, height: height / CSS_PIXELS_PER_INCH },
    });
  } finally {
    window.destroy();
  }
}
