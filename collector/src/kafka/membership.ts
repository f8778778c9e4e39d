import { Consumer } from '@platformatic/kafka';
import { clientOptions, closeClient, guardClient, REQUEST_TIMEOUT_MS } from './connection';
import type { KafkaSettings } from './kafkaSettings';

/** Heartbeats in the time after which a silent member is taken to be dead. */
const HEARTBEATS = 5;
/** How long the others wait for a member that is to join again. */
const REBALANCE_MS = 20_000;

/** What a member is told. */
export interface MembershipEvents {
  /** It has these partitions from now on; whether it also had all its former ones until this moment. */
  onAssigned: (partitions: readonly number[], isContinuous: boolean) => void;
  /** The membership is over, whatever the brokers think; a new one is to be begun. */
  onEnded: (error: unknown) => void;
}

/** One membership in the group of all drains, from joining to the first failure. */
export class Membership {
  private readonly client: Consumer;
  private generation = -1;
  private readonly watchdog: NodeJS.Timeout;
  private joinedAt = Date.now();

  constructor(
    private readonly kafka: KafkaSettings,
    { onAssigned, onEnded }: MembershipEvents,
  ) {
    this.client = guardClient(
      new Consumer({
        ...clientOptions(kafka),
        groupId: kafka.group,
        autocommit: false,
        sessionTimeout: kafka.sessionMs,
        rebalanceTimeout: Math.max(REBALANCE_MS, kafka.sessionMs),
        heartbeatInterval: kafka.sessionMs / HEARTBEATS,
      }),
    );
    this.client.on('consumer:group:join', ({ generationId = -1, assignments = [] }) => {
      const isContinuous = generationId === this.generation + 1;
      this.generation = generationId;
      this.joinedAt = Date.now();
      onAssigned(assignments.find(({ topic }) => topic === kafka.topic)?.partitions ?? [], isContinuous);
    });
    // After a heartbeat that fails the client sends no more of them, so the group would soon drop this member.
    this.client.on('consumer:heartbeat:error', ({ error }) => onEnded(error));
    this.client.on('error', (error: unknown) => onEnded(error));
    this.watchdog = setInterval(() => {
      const heardAt = Math.max(this.joinedAt, this.client.lastHeartbeat?.getTime() ?? 0);
      // Joining may take as long as a request may.
      if (Date.now() - heardAt > REQUEST_TIMEOUT_MS + kafka.sessionMs)
        onEnded(new Error('no heartbeat was answered'));
    }, 1_000);
    this.watchdog.unref();
  }

  /** Joins the group; the partitions come by `onAssigned`, now and whenever they are dealt out anew. */
  async join(): Promise<void> {
    this.client.topics.track(this.kafka.topic);
    await this.client.joinGroup({});
  }

  /** The committed offsets of partitions; null where there is none. */
  async committed(partitions: readonly number[]): Promise<Map<number, bigint | null>> {
    const { topic } = this.kafka;
    const found = await this.client.listCommittedOffsets({
      topics: [{ topic, partitions: [...partitions] }],
    });
    const offsets = found.get(topic);
    return new Map(
      partitions.map((partition) => {
        const offset = offsets?.[partition];
        return [partition, offset === undefined || offset < 0n ? null : offset];
      }),
    );
  }

  /** Commits offsets in the present generation; refused when the group has gone on without this member. */
  async commit(offsets: ReadonlyMap<number, bigint>): Promise<void> {
    const { topic } = this.kafka;
    await this.client.commit({
      offsets: [...offsets].map(([partition, offset]) => ({ topic, partition, offset, leaderEpoch: -1 })),
    });
  }

  /** Leaves the group, so that the others need not wait for this member. */
  async leave(): Promise<void> {
    clearInterval(this.watchdog);
    await closeClient(this.client);
  }
}
