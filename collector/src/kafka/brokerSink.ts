import { compatibilityPartitioner, ProduceAcks, Producer } from '@platformatic/kafka';
import type { Logger } from 'pino';
import type { InsertOutcome } from '../../../src/analytics/ingest/insertOnce';
import type { Reached } from '../faults';
import type { Load } from '../intake/backlog';
import { Backoff, pause } from '../intake/backoff';
import { countItems, openParcel } from '../intake/entry';
import type { Sink } from '../intake/sink';
import type { Metrics } from '../metrics';
import { brokerErrorCode } from './brokerError';
import { clientOptions, closeClient, guardClient } from './connection';
import type { KafkaSettings } from './kafkaSettings';
import { encodeRecords, type TopicRecord } from './record';

export interface BrokerSinkOptions {
  kafka: KafkaSettings;
  metrics: Metrics;
  logger: Logger;
  reached: Reached;
}

/** Brokers refuse batches above 1 MB by default; uncompressed, one send stays below. */
const SEND_BYTES = 900 * 1_024;

/** After so many failures in a row the next attempt is made over new connections. */
const RENEW_AFTER = 3;

/**
 * Brings entries into a topic, keyed by user. An entry is done, and released, when all in-sync replicas have its
 * messages; anything less is sent again whole, since a message twice in the topic is stored once.
 */
export class BrokerSink implements Sink {
  readonly name = 'brokers';
  readonly takesParcels = false;
  readonly batchItems = 1_000;
  readonly writers = 4;
  readonly oldestAt = null;
  readonly isBehind = false;
  private producer: Producer | null = null;
  private failures = 0;
  private sending = 0;

  constructor(private readonly options: BrokerSinkOptions) {
    clientOptions(options.kafka);
  }

  get isIdle(): boolean {
    return this.sending === 0;
  }

  async write(loads: readonly Load[], signal: AbortSignal): Promise<void> {
    const { metrics, reached } = this.options;
    this.sending += 1;
    try {
      const records = encodeRecords(loads.map(({ entry }) => ('items' in entry ? entry : openParcel(entry))));
      reached('send.before');
      for (const part of cutSends(records)) await this.sendUntilDone(part, signal);
      if (signal.aborted) return;
      reached('send.after');
      for (const { entry, done, release } of loads) {
        const count = countItems(entry);
        metrics.sent.inc(count);
        done?.(new Array<InsertOutcome>(count).fill('stored'));
        release?.();
      }
    } finally {
      this.sending -= 1;
    }
  }

  async check(timeoutMs: number): Promise<void> {
    const { kafka, metrics } = this.options;
    const asked = this.client().metadata({ topics: [kafka.topic], forceUpdate: true });
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error('no answer in time')), timeoutMs).unref();
    });
    try {
      await Promise.race([asked, late]);
      metrics.kafkaUp.set(1);
    } catch (error) {
      asked.catch(() => undefined);
      metrics.kafkaUp.set(0);
      throw error;
    }
  }

  hasten(): void {
    // Nothing here waits for a time of its own.
  }

  async close(): Promise<void> {
    const { producer } = this;
    this.producer = null;
    if (producer) await closeClient(producer);
  }

  private client(): Producer {
    if (this.producer === null) {
      this.producer = guardClient(new Producer(clientOptions(this.options.kafka)));
      this.producer.on('error', () => undefined);
    }
    return this.producer;
  }

  private async sendUntilDone(records: readonly TopicRecord[], signal: AbortSignal): Promise<void> {
    const { kafka, metrics, logger } = this.options;
    const backoff = new Backoff(100, 5_000);
    while (!signal.aborted) {
      const end = metrics.sendSeconds.startTimer();
      const producer = this.client();
      try {
        await producer.send({
          messages: records.map(({ key, value, at }) => ({
            topic: kafka.topic,
            key,
            value,
            timestamp: BigInt(at),
          })),
          acks: ProduceAcks.ALL,
          compression: kafka.compression,
          // As Java's clients do it, so that others who key by user find their way to the same partition.
          partitioner: compatibilityPartitioner,
        });
        metrics.kafkaUp.set(1);
        this.failures = 0;
        return;
      } catch (error) {
        metrics.kafkaUp.set(0);
        metrics.kafkaErrors.inc({ operation: 'send', code: brokerErrorCode(error) });
        logger.warn({ code: brokerErrorCode(error) }, 'the brokers did not take a batch; trying again');
        producer.clearMetadata();
        this.failures += 1;
        if (this.failures >= RENEW_AFTER && this.producer === producer) {
          this.failures = 0;
          this.producer = null;
          void closeClient(producer);
        }
        await pause(backoff.next(), signal);
      } finally {
        end();
      }
    }
  }
}

/** Sends of bounded size, in order. */
function cutSends(records: readonly TopicRecord[]): TopicRecord[][] {
  const sends: TopicRecord[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    const size = record.value.length + record.key.length;
    if (bytes + size > SEND_BYTES) {
      sends.push([]);
      bytes = 0;
    }
    sends[sends.length - 1]?.push(record);
    bytes += size;
  }
  return sends;
}
