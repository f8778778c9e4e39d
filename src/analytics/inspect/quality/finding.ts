import type { QualityFindings } from '../../../shared/ipc/inspection';
import type { EventCatalogue } from '../../../shared/ipc/inspection';
import type { PropertyDetail } from '../properties';
import type { InspectRequest } from '../request';

export type Finding = QualityFindings['findings'][number];

/** What checks share, so that the collection is read once for it. */
export interface Gathered {
  readonly catalogue: EventCatalogue;
  readonly properties: readonly PropertyDetail[];
}

/** One thing that can be wrong with data. */
export interface QualityCheck {
  /** What is looked at, as a person would say it. */
  readonly title: string;
  run(request: InspectRequest, gathered: Gathered): Promise<Finding[]> | Finding[];
}

/** 12,345 */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1 event`, `2 events` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** "a", "b" and 3 more */
export function listText(items: readonly string[], most = 4): string {
  const shown = items.slice(0, most).map((item) => `"${item}"`);
  const more = items.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
