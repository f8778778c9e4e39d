import { MongoClient } from 'mongodb';
import { generateSample } from '/work/h/flow/src/analytics/sample/generate';
const [uri, database, events] = [process.argv[2]!, process.argv[3]!, Number(process.argv[4])];
const client = await MongoClient.connect(uri);
const db = client.db(database);
await db.dropDatabase();
await db.createCollection('events', { changeStreamPreAndPostImages: { enabled: true } });
let batch: any[] = [];
const seen = new Set<string>();
const flush = async () => { if (batch.length) await db.collection('events').insertMany(batch, { ordered: false }); batch = []; };
for (const line of generateSample({ seed: 7, events, endAt: Date.now() })) {
  const { messageId, userId, anonymousId, timestamp, ...rest } = line as any;
  if (seen.has(messageId)) continue;
  seen.add(messageId);
  batch.push({ ...rest, _id: messageId, userId: userId ?? anonymousId, timestamp: new Date(timestamp), receivedAt: new Date(timestamp), properties: rest.properties ?? {} });
  if (batch.length >= 5000) await flush();
}
await flush();
await db.collection('events').createIndex({ timestamp: 1 });
console.log(await db.collection('events').estimatedDocumentCount());
await client.close();
