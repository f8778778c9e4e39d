import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { InsertOutcome } from '../../src/analytics/ingest/insertOnce';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Every metric of the collector, in Prometheus' text form by `registry.metrics()`. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Counter<T>({ name: `waymark_collector_${name}`, help, labelNames, registers });
  const gauge = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Gauge<T>({ name: `waymark_collector_${name}`, help, labelNames, registers });
  const histogram = <T extends string>(name: string, help: string, buckets: number[], labelNames: T[] = []) =>
    new Histogram<T>({ name: `waymark_collector_${name}`, help, buckets, labelNames, registers });

  const stored = counter('stored_total', 'Items the database was sent, by what became of them', ['outcome']);
  const kafkaUp = gauge(
    'kafka_up',
    'Whether the brokers took or gave messages last time; 1 where none are asked',
  );
  kafkaUp.set(1);
  return {
    registry,
    requestSeconds: histogram('request_seconds', 'Time from request to answer', SECONDS, ['route', 'status']),
    events: counter('events_total', 'Messages received, by result and reason', ['result', 'reason']),
    batchSize: histogram(
      'batch_messages',
      'Messages in one request',
      [1, 2, 5, 10, 20, 50, 100, 250, 500, 1_000, 5_000],
    ),
    payloadBytes: histogram(
      'payload_bytes',
      'Inflated size of one request',
      [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304],
    ),
    clockSkewSeconds: histogram(
      'clock_skew_seconds',
      'How far clients’ clocks are from ours, when they say when they sent',
      [0.1, 0.5, 1, 5, 30, 60, 300, 3_600, 86_400],
    ),
    retried: counter('retried_requests_total', 'Requests that their client marked as a repetition'),
    rateLimited: counter('rate_limited_total', 'Requests refused by their key’s rate limit'),
    overloaded: counter('overloaded_total', 'Requests refused because the collector had too much to do', [
      'cause',
    ]),
    unauthorized: counter('unauthorized_total', 'Requests without a key in force'),
    logErrors: counter('log_errors_total', 'Writes or syncs of the log that failed'),
    logDamagedBytes: counter('log_damaged_bytes_total', 'Bytes of the log that were skipped as damaged'),
    logReplayed: counter('log_replayed_records_total', 'Records of the log that an earlier process left'),
    mongoErrors: counter('mongodb_errors_total', 'Errors of the database, by code', ['code']),
    deadLetters: counter('dead_letters_total', 'Refused messages kept in deadLetters'),
    flushSeconds: histogram('flush_seconds', 'Time of one write to the database', SECONDS),
    deriveSeconds: histogram('derive_seconds', 'Time of one derivation of users and sessions', SECONDS),
    queueDepth: gauge('queue_entries', 'Entries that wait for the database'),
    queueBytes: gauge('queue_bytes', 'Bytes that wait for the database'),
    queueAge: gauge('queue_oldest_seconds', 'Age of the oldest entry that waits for the database'),
    logBytes: gauge('log_bytes', 'Bytes of the log'),
    logLimitBytes: gauge('log_limit_bytes', 'Size limit of the log'),
    logSegments: gauge('log_segments', 'Segment files of the log'),
    derivedLag: gauge('derived_lag_seconds', 'How far users and sessions are behind the events'),
    eventLoopLag: gauge('event_loop_lag_seconds', 'Delay of the event loop, smoothed'),
    columnsLag: gauge('columns_lag_seconds', 'How far column blocks’ compactor is behind the database’s log'),
    columnsDirty: gauge('columns_dirty_parts', 'Stretches of time that column blocks do not answer for yet'),
    columnsBuilt: counter('columns_built_total', 'Parts of column blocks that were built'),
    columnsErrors: counter('columns_errors_total', 'Rounds of the compactor that failed'),
    mongoUp: gauge('mongodb_up', 'Whether the database answered last time'),
    kafkaUp,
    kafkaErrors: counter('kafka_errors_total', 'Errors of the brokers, by what was asked and code', [
      'operation',
      'code',
    ]),
    sent: counter('kafka_sent_total', 'Items that all in-sync brokers have'),
    sendSeconds: histogram('kafka_send_seconds', 'Time until all in-sync brokers have a batch', SECONDS),
    drained: counter('drained_total', 'Items read from the topic that are stored and derived from'),
    kafkaLag: gauge('kafka_lag', 'Messages of a partition that are not yet stored and derived from', [
      'partition',
    ]),
    kafkaPartitions: gauge('kafka_partitions', 'Partitions that this drain has'),
    rebalances: counter('kafka_rebalances_total', 'Times that partitions were dealt out anew to this drain'),
    poison: counter(
      'kafka_poison_total',
      'Messages of the topic that could not be read, kept in deadLetters',
    ),
    skippedOffsets: counter(
      'kafka_skipped_total',
      'Messages that the brokers deleted before a drain had read them',
    ),
    /** Counts what became of a batch. */
    countStored(outcomes: readonly InsertOutcome[]): void {
      let duplicates = 0;
      let refused = 0;
      for (const outcome of outcomes) {
        if (outcome === 'duplicate') duplicates += 1;
        else if (outcome !== 'stored') refused += 1;
      }
      stored.inc({ outcome: 'stored' }, outcomes.length - duplicates - refused);
      stored.inc({ outcome: 'duplicate' }, duplicates);
      stored.inc({ outcome: 'refused' }, refused);
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
