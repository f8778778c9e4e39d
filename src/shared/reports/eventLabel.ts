import type { ReportEvent } from './filters';

/** How an event of a report is called: its label, else its type, alternatives joined by "or". */
export function eventLabel(event: ReportEvent): string {
  if (typeof event === 'string') return event === '*' ? 'any event' : event;
  if (event.label !== undefined && event.label !== '') return event.label;
  if ('anyOf' in event) return event.anyOf.map(eventLabel).join(' or ');
  return eventLabel(event.event);
}
