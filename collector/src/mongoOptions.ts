import type { MongoClientOptions } from 'mongodb';

/** How whatever writes events reaches the database. */
export const mongoOptions = (appName: string): MongoClientOptions => ({
  appName,
  serverSelectionTimeoutMS: 5_000,
  connectTimeoutMS: 5_000,
  socketTimeoutMS: 60_000,
  maxPoolSize: 20,
  retryWrites: true,
  ignoreUndefined: true,
});
