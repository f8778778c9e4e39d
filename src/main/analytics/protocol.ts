import type { ErrorEnvelope } from '../../shared/errors';
import type { ColumnsReport, ColumnsStatus, ColumnsVerified } from '../../shared/ipc/columns';
import type { ConnectionMapping, ConnectionTest } from '../../shared/ipc/connections';
import type {
  EventCatalogue,
  IndexReport,
  LiveBatch,
  MappingReport,
  PropertyCatalogue,
  QualityFindings,
  Suggestions,
} from '../../shared/ipc/inspection';
import type { EngineChoice, ReportExplanation, RunProgress } from '../../shared/ipc/reports';
import type { Mapping } from '../../shared/model/mapping';
import type { Filter } from '../../shared/reports/filters';
import type { Report } from '../../shared/reports/report';
import type { AnyResult } from '../../shared/reports/result';

/** What a connection is opened with; holds the secret and exists only in memory. */
export interface OpenParameters {
  readonly uri: string;
  readonly database: string;
  /** Name of a mapping preset or a mapping; guessed when absent. */
  readonly mapping: ConnectionMapping | undefined;
  /** The bundled sample shop instead of a database; the rest is ignored. */
  readonly sample?: true;
}

/** An open connection as the analytics process describes it. */
export interface OpenedSource {
  readonly database: string;
  readonly serverVersion: string;
  readonly mapping: string;
}

export interface RunParameters {
  readonly workspace: string;
  readonly report: Report;
  readonly engine: EngineChoice;
  readonly maxTimeMs: number;
  readonly sessionGapMs: number;
  /** ms. */
  readonly now: number;
  /** When the window asked, ms: what it asks at once is answered from one moment. */
  readonly askedAt: number;
}

interface InWorkspace {
  readonly workspace: string;
}

/** What main asks of the analytics process. Both sides are typed from this one table. */
export interface AnalyticsMethods {
  open: { request: InWorkspace & OpenParameters; response: OpenedSource };
  close: { request: InWorkspace; response: null };
  test: { request: OpenParameters; response: ConnectionTest };
  run: { request: RunParameters; response: AnyResult; progress: RunProgress };
  explain: { request: RunParameters; response: ReportExplanation; progress: RunProgress };
  writeCsv: {
    request: RunParameters & { file: string };
    response: { rows: number; bytes: number };
    progress: RunProgress;
  };
  inspectEvents: { request: InWorkspace & { now: number }; response: EventCatalogue };
  inspectProperties: {
    request: InWorkspace & { now: number; event: string | undefined };
    response: PropertyCatalogue;
  };
  inspectQuality: { request: InWorkspace & { now: number }; response: QualityFindings };
  inspectIndexes: { request: InWorkspace & { now: number }; response: IndexReport };
  inspectMapping: {
    request: InWorkspace & { now: number; guess: boolean; mapping: Mapping | undefined };
    response: MappingReport;
  };
  columnsStatus: { request: InWorkspace; response: ColumnsReport };
  columnsBuild: {
    request: InWorkspace & { declare: readonly string[] };
    response: ColumnsStatus;
    progress: RunProgress;
  };
  columnsVerify: { request: InWorkspace; response: ColumnsVerified; progress: RunProgress };
  columnsClear: { request: InWorkspace; response: null };
  suggestEvents: {
    request: InWorkspace & { search: string; limit: number; now: number };
    response: Suggestions;
  };
  suggestProperties: { request: InWorkspace & { now: number }; response: PropertyCatalogue };
  suggestValues: {
    request: InWorkspace & { field: string; search: string; limit: number; now: number };
    response: Suggestions;
  };
  watchLive: { request: InWorkspace & { filters: readonly Filter[] }; response: null; progress: LiveBatch };
}

export type Method = keyof AnalyticsMethods;
export type MethodRequest<M extends Method> = AnalyticsMethods[M]['request'];
export type MethodResponse<M extends Method> = AnalyticsMethods[M]['response'];
export type MethodProgress<M extends Method> = AnalyticsMethods[M] extends { progress: infer P } ? P : never;

/** From main. */
export type ToAnalytics =
  | { readonly type: 'call'; readonly id: number; readonly method: Method; readonly request: unknown }
  | { readonly type: 'cancel'; readonly id: number };

/** From the analytics process. */
export type FromAnalytics =
  | { readonly type: 'value'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: ErrorEnvelope; readonly stack?: string }
  | { readonly type: 'progress'; readonly id: number; readonly progress: unknown }
  /** A fault of its own that belongs to no call. */
  | { readonly type: 'fault'; readonly text: string };
