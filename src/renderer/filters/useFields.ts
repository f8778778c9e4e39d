import { create } from 'zustand';
import { EVENT_FIELDS } from '../../shared/reports/filters';
import { client } from '../client/client';
import type { Option } from '../frame/Combobox';
import { COMMON_FIELDS, fieldLabel } from './fields';
import { FILTERS } from '../text/filters';

const useProperties = create<{ readonly data: string; readonly options: readonly Option[] }>(() => ({
  data: '',
  options: [],
}));

/** Looks up which properties the events have, once for each connection. */
export async function loadProperties(data: string): Promise<void> {
  if (useProperties.getState().data === data) return;
  useProperties.setState({ data, options: [] });
  try {
    const { properties } = await client.call('suggest.properties');
    const options = properties
      .filter((property) => property.field.startsWith('properties.'))
      .map((property) => ({
        value: property.field,
        label: fieldLabel(property.field),
        detail: [property.types[0], property.examples[0]].filter(Boolean).join(' · '),
      }));
    if (useProperties.getState().data === data) useProperties.setState({ options });
  } catch {
    // Known fields are offered without them.
  }
}

const FIXED: readonly Option[] = [
  ...COMMON_FIELDS,
  ...EVENT_FIELDS.filter((field) => !(COMMON_FIELDS as readonly string[]).includes(field)),
].map((field) => ({ value: field, label: fieldLabel(field) }));

const OF_USERS: readonly Option[] = [
  'user.country',
  'user.device',
  'user.name',
  'user.email',
  'user.createdAt',
].map((field) => ({ value: field, label: fieldLabel(field), detail: FILTERS.ofTheUser }));

/** Every field one can filter and break down by: common ones first, then properties, then those of users. */
export function useFields(): readonly Option[] {
  const properties = useProperties((state) => state.options);
  return [...FIXED, ...properties, ...OF_USERS];
}
