import { z } from 'zod';
import { mappingReportSchema } from './inspection';
import { mappingSchema } from '../model/mapping';

/** A connection's own id: a random UUID, or a digest of address and database for one given on the command line. */
export const connectionIdSchema = z.string().regex(/^[a-z0-9-]{8,64}$/);

const name = z.string().trim().min(1, 'a name is needed').max(120);
const filePath = z.string().min(1).max(4_096);
const databaseName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[^/\\. "$*<>:|?\0]+$/, 'a database name holds none of / \\ . " $ * < > : | ? and no space');

/** How to log in; the password itself travels apart, in `secret`, and never comes back. */
const loginSchema = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('none') }),
  z.strictObject({
    method: z.literal('password'),
    username: z.string().min(1).max(500),
    authSource: z.string().min(1).max(63).optional(),
    mechanism: z.enum(['SCRAM-SHA-1', 'SCRAM-SHA-256', 'PLAIN']).optional(),
  }),
  z.strictObject({ method: z.literal('x509'), username: z.string().min(1).max(1_000).optional() }),
]);
export type ConnectionLogin = z.infer<typeof loginSchema>;

/** TLS by files; `mongodb+srv` addresses use TLS without saying so. */
const tlsSchema = z.strictObject({
  enabled: z.boolean(),
  /** Certificate authority, PEM. */
  caFile: filePath.optional(),
  /** Client certificate and key in one PEM file. */
  certificateKeyFile: filePath.optional(),
  allowInvalidHostnames: z.boolean().optional(),
});
export type ConnectionTls = z.infer<typeof tlsSchema>;

/** How a connection's data are read: the name of a preset, or a mapping of its own. */
export const connectionMappingSchema = z.union([z.string().min(1).max(200), mappingSchema]);
export type ConnectionMapping = z.infer<typeof connectionMappingSchema>;

/** A connection as a person writes it. */
export const connectionDraftSchema = z.strictObject({
  name,
  /** `mongodb://…`, `mongodb+srv://…` or `host:port`; a user and password pasted in it are taken out. */
  address: z.string().trim().min(1, 'an address is needed').max(4_000),
  database: databaseName.optional(),
  login: loginSchema.default({ method: 'none' }),
  tls: tlsSchema.optional(),
  /** Name of a mapping preset, or a mapping of its own; guessed from the data when absent. */
  mapping: connectionMappingSchema.optional(),
  /** Refuse everything that writes (building columns, creating indexes). */
  readOnly: z.boolean().default(false),
});
export type ConnectionDraft = z.infer<typeof connectionDraftSchema>;

/** Secrets go in and are never answered. */
export const connectionSecretSchema = z.strictObject({
  password: z.string().max(10_000).optional(),
  /** Passphrase of the client certificate's key. */
  certificateKeyPassword: z.string().max(10_000).optional(),
});
export type ConnectionSecret = z.infer<typeof connectionSecretSchema>;

/** A stored connection as the window sees it; anything else that might be stored with it is dropped. */
export const connectionSchema = z.object(connectionDraftSchema.shape).extend({
  id: connectionIdSchema,
  /** The address without user, password and query, for display. */
  shownAddress: z.string(),
  kind: z.enum(['saved', 'commandLine', 'sample']),
  /** Where the secret is kept. */
  secret: z.enum(['none', 'keychain', 'session']),
  /** ISO instant of the last successful opening. */
  lastOpenedAt: z.string().optional(),
});
export type Connection = z.infer<typeof connectionSchema>;

export const connectionListSchema = z.object({
  connections: z.array(connectionSchema),
  keychain: z.object({
    available: z.boolean(),
    /** A sentence for the person when it is not. */
    message: z.string().optional(),
  }),
});
export type ConnectionList = z.infer<typeof connectionListSchema>;

/** What a test of a connection found. */
export const connectionTestSchema = z.object({
  serverVersion: z.string(),
  topology: z.enum(['standalone', 'replicaSet', 'sharded', 'unknown']),
  latencyMs: z.number(),
  database: z.string(),
  rights: z.object({ read: z.boolean(), write: z.boolean(), changeStreams: z.boolean() }),
  /** Collections of the database with their estimated document counts. */
  collections: z.array(z.object({ name: z.string(), documents: z.number().nullable() })),
  /** Other databases that the login may see. */
  databases: z.array(z.string()),
  /** The mapping in force or guessed from a sample, and why; null when nothing looks like events. */
  mapping: z
    .object({
      name: z.string(),
      reason: z.string(),
      /** A guess that fits no preset: to be confirmed by saving it with the connection. */
      guessed: mappingReportSchema.nullable(),
    })
    .nullable(),
  warnings: z.array(z.string()),
});
export type ConnectionTest = z.infer<typeof connectionTestSchema>;

/** What a window is connected to. */
export const workspaceStatusSchema = z.object({
  state: z.enum(['closed', 'opening', 'open', 'lost']),
  connection: z.object({ id: connectionIdSchema, name: z.string(), shownAddress: z.string() }).nullable(),
  database: z.string().nullable(),
  serverVersion: z.string().nullable(),
  mapping: z.string().nullable(),
  readOnly: z.boolean(),
  /** Why the state is `lost`, or why the last opening failed. */
  message: z.string().optional(),
});
export type WorkspaceStatus = z.infer<typeof workspaceStatusSchema>;
