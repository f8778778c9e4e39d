/** User agents of the sample's browsers, so that the collector has something real to read. */

const SYSTEMS: Readonly<Record<string, string>> = {
  Windows: 'Windows NT 10.0; Win64; x64',
  macOS: 'Macintosh; Intel Mac OS X 10_15_7',
  Linux: 'X11; Linux x86_64',
  iOS: 'iPhone; CPU iPhone OS 17_5 like Mac OS X',
  iPadOS: 'iPad; CPU OS 17_5 like Mac OS X',
};

/**
 * A user agent in the form of the present browsers.
 * @param browser as in the sample: Chrome, Chrome Mobile, Safari, Mobile Safari, Samsung Internet, Firefox, Edge
 * @param device desktop, mobile or tablet
 */
export function userAgentOf(browser: string, os: string, device: string): string {
  const android = device === 'tablet' ? 'Linux; Android 14; Pixel Tablet' : 'Linux; Android 14; Pixel 8';
  const system = os === 'Android' ? android : (SYSTEMS[os] ?? 'X11; Linux x86_64');
  const blink = `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko)`;
  const mobile = device === 'mobile' ? ' Mobile' : '';
  switch (browser) {
    case 'Firefox':
      return `Mozilla/5.0 (${system}; rv:128.0) Gecko/20100101 Firefox/128.0`;
    case 'Safari':
      return `Mozilla/5.0 (${system}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15`;
    case 'Mobile Safari':
      return `Mozilla/5.0 (${system}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1`;
    case 'Samsung Internet':
      return `${blink} SamsungBrowser/25.0 Chrome/121.0.0.0${mobile} Safari/537.36`;
    case 'Edge':
      return `${blink} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0`;
    case 'Headless Chrome':
      return `${blink} HeadlessChrome/126.0.0.0 Safari/537.36`;
    default:
      return `${blink} Chrome/126.0.0.0${mobile} Safari/537.36`;
  }
}
