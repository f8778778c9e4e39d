import { WaymarkError } from '../../shared/errors';

/**
 * The only way out of the app: a link a person clicked, checked here, to be opened in their browser.
 * @throws WaymarkError `badInput` unless it is a plain https address without credentials
 */
export function checkExternalLink(link: string): string {
  let url: URL;
  try {
    url = new URL(link);
  } catch {
    throw new WaymarkError('badInput', 'This is not a web address.', { path: 'url' });
  }
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') {
    throw new WaymarkError('badInput', 'Only https addresses without a login in them are opened.', {
      path: 'url',
    });
  }
  return url.href;
}
