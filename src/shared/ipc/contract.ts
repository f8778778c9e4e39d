import { z } from 'zod';
import { mappingSchema } from '../model/mapping';
import { fieldSchema, filtersSchema } from '../reports/filters';
import { columnsReportSchema, columnsStatusSchema, columnsVerifiedSchema } from './columns';
import {
  connectionDraftSchema,
  connectionIdSchema,
  connectionListSchema,
  connectionMappingSchema,
  connectionSchema,
  connectionSecretSchema,
  connectionTestSchema,
  workspaceStatusSchema,
} from './connections';
import {
  eventCatalogueSchema,
  indexReportSchema,
  liveBatchSchema,
  mappingReportSchema,
  propertyCatalogueSchema,
  qualityFindingsSchema,
  suggestionsSchema,
} from './inspection';
import { LIBRARY_SHELVES, libraryIdSchema, libraryItemSchema, librarySchema } from './library';
import { openedReportSchema, openedRunSchema, recentReportSchema } from './reportFiles';
import {
  engineSchema,
  explanationSchema,
  reportInputSchema,
  resultSchema,
  runProgressSchema,
} from './reports';
import { settingsPatchSchema, settingsSchema } from './settings';
import { updateOutcomeSchema } from './updates';

/**
 * The whole conversation between the window and the rest of the app. Main's handlers, the preload bridge
 * and the window's client are typed from this one table: an entry without a handler does not compile.
 * Adding a call = one entry here and one handler in `src/main/handlers`.
 */

const nothing = z.strictObject({});
const done = z.object({});
const filePath = z.string().min(1).max(4_096);
const fileName = z.string().min(1).max(200);
const MAX_PICTURE_BYTES = 64 * 1024 * 1024;
const bytes = z
  .instanceof(Uint8Array)
  .refine((data) => data.byteLength <= MAX_PICTURE_BYTES, { error: 'at most 64 MB' });
const svg = z.string().min(1).max(MAX_PICTURE_BYTES);
const run = z.strictObject({
  report: reportInputSchema,
  engine: engineSchema.optional(),
  maxTimeMs: z.number().int().min(1).max(3_600_000).optional(),
  /** When the window asked, ms, where several reports are asked at once; when the call came unless given. */
  askedAt: z.number().optional(),
});
/** A file that was written; null when the person closed the dialog. */
const written = z.object({ path: filePath, bytes: z.number() }).nullable();
const refreshable = z.strictObject({ fresh: z.boolean().optional() });
const suggestLimit = z.number().int().min(1).max(1_000).default(50);

/** One call: what goes in, what comes back, and what is told in between. */
interface CallSchema {
  readonly request: z.ZodType;
  readonly response: z.ZodType;
  readonly progress?: z.ZodType;
}

export const CALLS = {
  'app.info': {
    request: nothing,
    response: z.object({
      version: z.string(),
      electron: z.string(),
      platform: z.string(),
      /** BCP 47 tag of the system, for formatting. */
      locale: z.string(),
      /** The machine's own IANA zone. */
      timezone: z.string(),
      dark: z.boolean(),
      /** A report the app was started with. */
      openedReport: openedReportSchema.nullable(),
      /** Things to tell the person at the start, as sentences. */
      notices: z.array(z.string()),
    }),
  },
  /** Copies versions, settings and recent log lines, without secrets, to the clipboard. */
  'app.copyDiagnostics': { request: nothing, response: z.object({ text: z.string() }) },
  /** Opens an https page in the person's browser; anything else is refused. */
  'app.openExternal': { request: z.strictObject({ url: z.string().max(2_000) }), response: done },
  /** Looks for a newer version, where this build has an update feed. */
  'app.checkForUpdates': { request: nothing, response: updateOutcomeSchema },
  'window.open': { request: nothing, response: done },

  'settings.get': { request: nothing, response: settingsSchema },
  'settings.set': { request: settingsPatchSchema, response: settingsSchema },

  'connections.list': { request: nothing, response: connectionListSchema },
  'connections.add': {
    request: z.strictObject({ draft: connectionDraftSchema, secret: connectionSecretSchema.optional() }),
    response: connectionSchema,
  },
  /** Without `secret` the stored one stays; an empty object forgets it. */
  'connections.update': {
    request: z.strictObject({
      id: connectionIdSchema,
      draft: connectionDraftSchema,
      secret: connectionSecretSchema.optional(),
    }),
    response: connectionSchema,
  },
  'connections.duplicate': {
    request: z.strictObject({ id: connectionIdSchema }),
    response: connectionSchema,
  },
  /** Deletes; `connections.restore` undoes it until the app quits. */
  'connections.remove': { request: z.strictObject({ id: connectionIdSchema }), response: done },
  'connections.restore': { request: z.strictObject({ id: connectionIdSchema }), response: connectionSchema },
  /** Tests a draft (with the stored secret of `id` unless one is given) or the stored connection `id`. */
  'connections.test': {
    request: z.strictObject({
      id: connectionIdSchema.optional(),
      draft: connectionDraftSchema.optional(),
      secret: connectionSecretSchema.optional(),
    }),
    response: connectionTestSchema,
  },
  /** Keeps a mapping with a connection; null leaves it to be guessed. A window on it must connect again. */
  'connections.setMapping': {
    request: z.strictObject({ id: connectionIdSchema, mapping: connectionMappingSchema.nullable() }),
    response: connectionSchema,
  },
  'connections.chooseFile': {
    request: z.strictObject({ purpose: z.enum(['certificateAuthority', 'clientCertificate']) }),
    response: z.object({ path: filePath }).nullable(),
  },

  /** Connects this window; another connection of it is closed first. */
  'workspace.open': {
    request: z.strictObject({ id: connectionIdSchema, database: z.string().min(1).max(63).optional() }),
    response: workspaceStatusSchema,
  },
  'workspace.close': { request: nothing, response: workspaceStatusSchema },
  'workspace.status': { request: nothing, response: workspaceStatusSchema },

  'report.run': { request: run, response: resultSchema, progress: runProgressSchema },
  'report.explain': { request: run, response: explanationSchema, progress: runProgressSchema },

  /** Shows the open dialog; null when it was closed. A faulty file is a `badReport`. */
  'reportFiles.open': { request: nothing, response: openedReportSchema.nullable() },
  'reportFiles.openRecent': { request: z.strictObject({ path: filePath }), response: openedReportSchema },
  /** Without `path` (of a file this app opened or saved) a dialog asks for one. */
  'reportFiles.save': {
    request: z.strictObject({ report: reportInputSchema, path: filePath.optional() }),
    response: openedReportSchema.nullable(),
  },
  'reportFiles.recent': { request: nothing, response: z.object({ reports: z.array(recentReportSchema) }) },
  'reportFiles.forgetRecent': { request: z.strictObject({ path: filePath.optional() }), response: done },

  /** Writes a run's answer, as `waymark run` prints it, to a file the person chooses. */
  'runFiles.save': { request: z.strictObject({ result: resultSchema }), response: written },
  /** Reads a run that was kept in a file, by a dialog; one that is none is a `badInput`. */
  'runFiles.open': { request: nothing, response: openedRunSchema.nullable() },

  /** Runs the report and writes all its rows, the same bytes as `waymark run --format csv`. */
  'export.csv': {
    request: run.extend({ suggestedName: fileName }),
    response: z.object({ path: filePath, rows: z.number(), bytes: z.number() }).nullable(),
    progress: runProgressSchema,
  },
  /** Writes the rows of a chart that shows a part of a report's answer; the first line is the header. */
  'export.rows': {
    request: z.strictObject({
      rows: z
        .array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).max(1_000))
        .min(1)
        .max(1_000_000),
      suggestedName: fileName,
    }),
    response: written,
  },
  /** Writes a picture to a file the person chooses. A PDF is made from the SVG; sizes are CSS pixels. */
  'export.picture': {
    request: z.discriminatedUnion('format', [
      z.strictObject({ format: z.literal('png'), bytes, suggestedName: fileName }),
      z.strictObject({ format: z.literal('svg'), svg, suggestedName: fileName }),
      z.strictObject({
        format: z.literal('pdf'),
        svg,
        width: z.number().int().min(16).max(10_000),
        height: z.number().int().min(16).max(10_000),
        suggestedName: fileName,
      }),
    ]),
    response: written,
  },
  'clipboard.write': {
    request: z.union([
      z.strictObject({ text: z.string().max(MAX_PICTURE_BYTES) }),
      z.strictObject({ png: bytes }),
    ]),
    response: done,
  },

  /** Dashboards, segments and annotations of the connection this window is on. */
  'library.get': { request: nothing, response: librarySchema },
  'library.put': { request: libraryItemSchema, response: librarySchema },
  /** To undo, put the item again. */
  'library.remove': {
    request: z.strictObject({ shelf: z.enum(LIBRARY_SHELVES), id: libraryIdSchema }),
    response: librarySchema,
  },

  'inspect.events': { request: refreshable, response: eventCatalogueSchema },
  'inspect.properties': {
    request: z.strictObject({ event: z.string().max(500).optional(), fresh: z.boolean().optional() }),
    response: propertyCatalogueSchema,
  },
  'inspect.quality': { request: refreshable, response: qualityFindingsSchema },
  'inspect.indexes': { request: refreshable, response: indexReportSchema },
  /** How the mapping in force reads the data; with `mapping`, how that one would; with `guess`, what the data suggest. */
  'inspect.mapping': {
    request: refreshable.extend({ guess: z.boolean().optional(), mapping: mappingSchema.optional() }),
    response: mappingReportSchema,
  },

  /** What of the events is in columns. */
  'columns.status': { request: refreshable, response: columnsReportSchema },
  /** Builds columns or brings them up to date; `declare` names properties like `properties.amount:number`. */
  'columns.build': {
    request: z.strictObject({ declare: z.array(z.string().min(1).max(300)).max(100).default([]) }),
    response: columnsStatusSchema,
    progress: runProgressSchema,
  },
  /** Reads every event again and repairs the blocks that differ. */
  'columns.verify': { request: nothing, response: columnsVerifiedSchema, progress: runProgressSchema },
  /** Removes the columns; events stay, and building makes the columns again. */
  'columns.clear': { request: nothing, response: done },

  /** Event types for a picker, most frequent first. */
  'suggest.events': {
    request: z.strictObject({ search: z.string().max(500).default(''), limit: suggestLimit }),
    response: suggestionsSchema,
  },
  /** Properties for a picker: those of the newest events, most frequent first. */
  'suggest.properties': { request: nothing, response: propertyCatalogueSchema },
  /** Values of a field for a picker, most frequent first. */
  'suggest.values': {
    request: z.strictObject({
      field: fieldSchema,
      search: z.string().max(500).default(''),
      limit: suggestLimit,
    }),
    response: suggestionsSchema,
  },

  /** Tells new events as progress until it is cancelled. */
  'live.watch': {
    request: z.strictObject({ filters: filtersSchema }),
    response: done,
    progress: liveBatchSchema,
  },
} as const satisfies Record<string, CallSchema>;

export type Channel = keyof typeof CALLS;
/** What the window sends. */
export type RequestInput<C extends Channel> = z.input<(typeof CALLS)[C]['request']>;
/** What a handler gets: parsed, defaults filled in. */
export type RequestOf<C extends Channel> = z.output<(typeof CALLS)[C]['request']>;
export type ResponseOf<C extends Channel> = z.output<(typeof CALLS)[C]['response']>;
export type ProgressOf<C extends Channel> = (typeof CALLS)[C] extends { progress: infer P extends z.ZodType }
  ? z.output<P>
  : never;

/** What main tells windows on its own. */
export const EVENTS = {
  /** The theme in force, after the system's or the settings' change. */
  'theme.changed': z.object({ dark: z.boolean() }),
  'settings.changed': settingsSchema,
  'connections.changed': connectionListSchema,
  'workspace.changed': workspaceStatusSchema,
  'library.changed': librarySchema,
  /** A report came from the system (file association, second start); show it. */
  'report.opened': openedReportSchema,
  /** A menu item or its accelerator was used. */
  'menu.command': z.object({
    command: z.enum([
      'openReport',
      'saveReport',
      'saveReportAs',
      'export',
      'settings',
      'connections',
      'palette',
      'refresh',
      'cancel',
      'undo',
      'keys',
      'toggleRail',
      'toggleDrawer',
    ]),
  }),
  /** Something a person should know, as a sentence. */
  notice: z.object({ level: z.enum(['info', 'warning', 'problem']), text: z.string() }),
} as const satisfies Record<string, z.ZodType>;

export type EventName = keyof typeof EVENTS;
export type EventOf<E extends EventName> = z.output<(typeof EVENTS)[E]>;

export const isChannel = (name: unknown): name is Channel =>
  typeof name === 'string' && Object.prototype.hasOwnProperty.call(CALLS, name);
