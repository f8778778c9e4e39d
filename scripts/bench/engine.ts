import type { Collection } from 'mongodb';
import type { Question } from './questions';

/** Where the benchmark's events are. */
export interface BenchData {
  readonly uri: string;
  readonly database: string;
  readonly events: Collection;
}

/** An engine that is ready to answer. */
export interface OpenEngine {
  /** Answers a question in the form of `Question.figuresOf`; undefined when it is not asked that one. */
  readonly prepare: (question: Question) => (() => Promise<unknown>) | undefined;
  readonly close: () => Promise<void>;
}

/** One contestant: the textbook's pipelines, an executor of Waymark, or another database. */
export interface Engine {
  readonly name: string;
  /** Loads what it needs; not part of what is measured. */
  readonly open: (data: BenchData) => Promise<OpenEngine>;
}
