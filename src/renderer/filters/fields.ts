import { WORDS } from '../text/words';
import { FILTERS } from '../text/filters';

/** Fields of events and users under the names people read. */
export const FIELD_LABELS: Readonly<Record<string, string>> = {
  eventType: WORDS.event,
  device: WORDS.device,
  country: WORDS.country,
  browser: FILTERS.browser,
  os: FILTERS.system,
  'page.path': WORDS.page,
  'page.url': FILTERS.pageAddress,
  'page.title': FILTERS.pageTitle,
  'page.referrer': FILTERS.referrer,
  durationSec: FILTERS.duration,
  userId: WORDS.user,
  sessionId: WORDS.session,
  'user.name': FILTERS.userName,
  'user.email': FILTERS.userEMail,
  'user.country': FILTERS.userCountry,
  'user.device': FILTERS.userDevice,
  'user.createdAt': FILTERS.userSince,
  'user.lastActiveAt': FILTERS.userLastActive,
};

/** Fields offered first in pickers, in this order. */
export const COMMON_FIELDS = ['device', 'country', 'eventType', 'page.path', 'browser', 'os'] as const;

/** The name of a field for people; properties and traits go by their own name. */
export function fieldLabel(field: string): string {
  return (
    FIELD_LABELS[field] ?? field.replace(/^properties\./, '').replace(/^user\.(traits\.)?/, FILTERS.ofUser)
  );
}
