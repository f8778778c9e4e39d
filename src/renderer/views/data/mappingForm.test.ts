import { expect, it } from 'vitest';
import { parseMapping } from '../../../shared/model/mapping';
import { MAPPING_PRESETS } from '../../../shared/model/presets';
import { formOfMapping, mappingOfForm } from './mappingForm';

const own = parseMapping({
  version: 1,
  name: 'shop',
  events: {
    collection: 'clicks',
    unwind: 'items',
    fields: {
      userId: 'customer',
      sessionId: 'visit',
      eventType: { path: 'kind', from: 'event' },
      timestamp: { path: 'when', as: 'epochMs' },
      durationSec: { path: 'spentMs', from: 'session', unit: 'milliseconds' },
      device: { path: 'deviceInfo.type', from: 'user' },
      country: { constant: 'DE' },
      os: { constant: 11 },
      page: { url: 'url', path: { path: 'url', from: 'event', as: 'urlPath' } },
      properties: '.',
    },
  },
  sessions: { collection: 'visits', fields: { id: 'visitId' } },
  users: { collection: 'customers', fields: { createdAt: { path: 'since', as: 'iso' }, traits: '.' } },
  identities: { collection: 'aliases' },
  roles: { pageViews: ['view', 'seen'], purchases: ['order'] },
});

it.each([own, ...Object.values(MAPPING_PRESETS)])(
  'a mapping stays what it is through its form: $name',
  (mapping) => {
    expect(mappingOfForm(formOfMapping(mapping))).toEqual(mapping);
  },
);

it('a field that is needed and left out is refused by its path', () => {
  const form = formOfMapping(own);
  const broken = {
    ...form,
    event: { ...form.event, userId: { from: 'event', value: ' ', as: '' } as const },
  };
  expect(() => mappingOfForm(broken)).toThrow(
    expect.objectContaining({ code: 'badMapping', path: 'events.fields.userId' }),
  );
});
