import { z } from 'zod';
import { connectionDraftSchema, connectionIdSchema, connectionSecretSchema } from '../ipc/connections';

/** The file of saved connections in the app's data folder; holds no secret. */
export const CONNECTIONS_FILE = 'connections.json';

/** Where the keychain keeps a connection's secret: this service, the connection's id as account, JSON as value. */
export const KEYCHAIN_SERVICE = 'Waymark';

/** A secret as the keychain keeps it. */
export const keychainValueSchema = connectionSecretSchema;

export const savedConnectionSchema = z.object({
  id: connectionIdSchema,
  draft: connectionDraftSchema,
  /** Whether the keychain holds a secret for it. */
  inKeychain: z.boolean(),
  lastOpenedAt: z.string().optional(),
});
export type SavedConnection = z.infer<typeof savedConnectionSchema>;

export const connectionsFileSchema = z.object({
  version: z.literal(1),
  connections: z.array(savedConnectionSchema).max(1_000),
});
export type ConnectionsFile = z.infer<typeof connectionsFileSchema>;
