/** Fields of events and users under the names people read. */
export const FIELD_LABELS: Readonly<Record<string, string>> = {
  eventType: 'Event',
  device: 'Device',
  country: 'Country',
  browser: 'Browser',
  os: 'System',
  'page.path': 'Page',
  'page.url': 'Page address',
  'page.title': 'Page title',
  'page.referrer': 'Referrer',
  durationSec: 'Duration (s)',
  userId: 'User',
  sessionId: 'Session',
  'user.name': 'User name',
  'user.email': 'User e-mail',
  'user.country': 'User country',
  'user.device': 'User device',
  'user.createdAt': 'User since',
  'user.lastActiveAt': 'User last active',
};

/** Fields offered first in pickers, in this order. */
export const COMMON_FIELDS = ['device', 'country', 'eventType', 'page.path', 'browser', 'os'] as const;

/** The name of a field for people; properties and traits go by their own name. */
export function fieldLabel(field: string): string {
  return FIELD_LABELS[field] ?? field.replace(/^properties\./, '').replace(/^user\.(traits\.)?/, 'User ');
}
