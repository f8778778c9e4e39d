/** Visitors of the sample shop, now: sent by the real Segment SDK for Node, like any server would. */
import { Analytics } from '@segment/analytics-node';
import { sampleLiveEvents } from '../../src/analytics/sample/live.ts';
import { sampleTraits } from '../../src/analytics/sample/visitor.ts';
import type { EventLine } from '../../src/shared/model/event.ts';
import { userAgentOf } from './userAgents.ts';

/** Traffic that goes on until it is stopped. */
export interface LiveTraffic {
  /** How many events have been handed to the SDK. */
  readonly sent: number;
  /** Sends what is still waiting and ends. */
  stop(): Promise<void>;
}

export interface LiveTrafficOptions {
  /** The collector's base URL. */
  readonly collectorUrl: string;
  readonly writeKey: string;
  /** The seed of the history it continues. */
  readonly seed: number;
  readonly startAt: number;
  readonly onError: (error: unknown) => void;
}

/** Starts traffic of about one event a second. */
export function startLiveTraffic(options: LiveTrafficOptions): LiveTraffic {
  const { collectorUrl, writeKey, seed, startAt, onError } = options;
  const sdk = new Analytics({ writeKey, host: collectorUrl, flushAt: 20, flushInterval: 1_000 });
  sdk.on('error', onError);
  const events = sampleLiveEvents({ seed, startAt });
  let sent = 0;
  let timer: NodeJS.Timeout;
  const sendNext = (): void => {
    const { value: line } = events.next();
    timer = setTimeout(
      () => {
        send(sdk, line, seed);
        sent += 1;
        sendNext();
      },
      Math.max(0, new Date(line.timestamp).getTime() - Date.now()),
    );
  };
  sendNext();
  return {
    get sent() {
      return sent;
    },
    stop: async () => {
      clearTimeout(timer);
      await sdk.closeAndFlush({ timeout: 5_000 });
    },
  };
}

function send(sdk: Analytics, line: EventLine, seed: number): void {
  const { eventType, properties = {}, page, durationSec } = line;
  const common = {
    ...whoseEvent(line),
    ...(line.messageId === undefined ? {} : { messageId: line.messageId }),
    timestamp: new Date(line.timestamp),
    context: contextOf(line),
  };
  const kept = { ...properties, ...(durationSec === undefined ? {} : { durationSec }) };
  if (eventType === 'page_visit') sdk.page({ ...common, properties: { ...kept, ...page } });
  else sdk.track({ ...common, event: eventType, properties: kept });
  if (line.userId !== undefined && (eventType === 'sign_up' || eventType === 'login')) {
    sdk.identify({ ...whoseEvent(line), traits: { ...sampleTraits(seed, line.userId) } });
  }
}

function whoseEvent({ userId, anonymousId }: EventLine) {
  if (userId === undefined) return { anonymousId: anonymousId ?? '' };
  return { userId, ...(anonymousId === undefined ? {} : { anonymousId }) };
}

function contextOf({ device, browser, os, country, page, sessionId }: EventLine) {
  return {
    userAgent: userAgentOf(browser ?? '', os ?? '', device ?? ''),
    ...(country === undefined ? {} : { location: { country } }),
    ...(page === undefined ? {} : { page }),
    ...(sessionId === undefined ? {} : { sessionId }),
  };
}
