import { BadBodyError, type Incoming } from '../wire/incoming';
import { readNative } from '../wire/native';
import { readPosthogBatch } from '../wire/posthog';
import { readSegmentBatch, readSegmentSingle, type SegmentType } from '../wire/segment';

/** Reads the text of a body; throws BadBodyError for what is no request of the address. */
export type ReadText = (text: string) => Incoming;

/** Addresses of single messages: the word and the browser SDK's letter. */
const SINGLE: readonly (readonly [SegmentType, string])[] = [
  ['track', 't'],
  ['page', 'p'],
  ['screen', 's'],
  ['identify', 'i'],
  ['group', 'g'],
  ['alias', 'a'],
];

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadBodyError('the body is not JSON');
  }
};

/** Every address that takes events, with and without a slash at its end, and how its body is read. */
export function ingestRoutes(): Map<string, ReadText> {
  const routes = new Map<string, ReadText>();
  const take = (paths: string[], read: ReadText): void => {
    for (const path of paths) routes.set(path, read).set(`${path}/`, read);
  };
  take(['/v1/batch', '/v1/b'], (text) => readSegmentBatch(json(text)));
  for (const [type, letter] of SINGLE) {
    take([`/v1/${type}`, `/v1/${letter}`], (text) => readSegmentSingle(json(text), type));
  }
  take(['/batch'], (text) => readPosthogBatch(json(text)));
  take(['/v1/events'], readNative);
  return routes;
}
