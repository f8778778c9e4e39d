import { ObjectId, type Document } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { guessMapping } from './guessMapping';

const at = new Date('2026-03-01T10:00:00Z');
const samples = (collections: Record<string, Document[]>) => new Map(Object.entries(collections));

describe('guessMapping', () => {
  it('knows the preset "waymark"', () => {
    const guess = guessMapping(
      samples({
        events: [
          {
            _id: 'e1',
            userId: 'u1',
            anonymousId: 'a1',
            sessionId: 's1',
            eventType: 'page_visit',
            timestamp: at,
            receivedAt: at,
            device: 'mobile',
            browser: 'Safari',
            os: 'iOS',
            country: 'DE',
            page: { url: '/', path: '/', title: 'Shop' },
            properties: { channel: 'email' },
          },
        ],
        users: [
          {
            _id: 'u1',
            name: 'Ada',
            email: 'a@example.com',
            createdAt: at,
            lastActiveAt: at,
            traits: { a: 1 },
          },
        ],
        identities: [],
      }),
    );
    expect(guess?.mapping.name).toBe('waymark');
    expect(guess?.reason).toMatch(/^The preset "waymark" fits: .*\.$/);
  });

  it('knows the preset "user-journey-platform"', () => {
    const event = {
      userId: new ObjectId(),
      sessionId: new ObjectId(),
      eventType: 'click',
      timestamp: at,
      durationSec: 3,
      device: 'mobile',
      country: 'DE',
    };
    const user = {
      _id: event.userId,
      name: 'Ada',
      email: 'a@example.com',
      device: 'mobile',
      country: 'DE',
      createdAt: at,
    };
    expect(guessMapping(samples({ events: [event], users: [user], sessions: [] }))?.mapping.name).toBe(
      'user-journey-platform',
    );
  });

  it('knows the preset "mern-tracker"', () => {
    const event = {
      userId: new ObjectId(),
      sessionId: new ObjectId(),
      eventType: 'PAGE_VIEW',
      timestamp: at,
      metadata: { pageUrl: '/a', duration: 4 },
    };
    const user = { _id: event.userId, name: 'Ada', email: 'a@example.com', createdAt: at, lastActiveAt: at };
    expect(guessMapping(samples({ events: [event], users: [user] }))?.mapping.name).toBe('mern-tracker');
  });

  it('puts a mapping together for anything else, and says from what', () => {
    const guess = guessMapping(
      samples({
        config: [{ name: 'theme', value: 'dark' }],
        clickstream: [
          {
            customer_id: 7,
            action: 'view',
            ts: at.getTime(),
            session_id: 'x',
            page_url: 'https://a.example/b?c=1',
            props: { platform: 'mobile', durationMs: 1200 },
          },
        ],
        customers: [{ _id: 7, fullName: 'Ada', mail: 'a@example.com', registered: at }],
      }),
    );
    expect(guess?.mapping).toMatchObject({
      name: 'guessed',
      events: {
        collection: 'clickstream',
        fields: {
          userId: 'customer_id',
          eventType: { path: 'action' },
          timestamp: { path: 'ts', as: 'epochMs' },
          sessionId: 'session_id',
          device: { path: 'props.platform' },
          durationSec: { path: 'props.durationMs', unit: 'milliseconds' },
          page: { url: { path: 'page_url' }, path: { path: 'page_url', as: 'urlPath' } },
          properties: 'props',
        },
      },
      users: {
        collection: 'customers',
        fields: { id: '_id', name: 'fullName', email: 'mail', createdAt: { path: 'registered', as: 'date' } },
      },
    });
    expect(guess?.reason).toContain('"clickstream" looks like events: "customer_id" holds the user');
  });

  it('reads ISO texts and seconds, and joins users only by the same kind of id', () => {
    const guess = guessMapping(
      samples({
        logs: [{ user: 'u1', event: 'login', date: '2026-03-01T10:00:00Z' }],
        users: [{ _id: new ObjectId(), email: 'a@example.com' }],
      }),
    );
    expect(guess?.mapping.events.fields.timestamp).toEqual({ path: 'date', as: 'iso' });
    expect(guess?.mapping.users).toBeUndefined();
    const seconds = guessMapping(samples({ logs: [{ uid: 1, type: 'x', time: at.getTime() / 1000 }] }));
    expect(seconds?.mapping.events.fields.timestamp.as).toBe('epochSec');
  });

  it('finds nothing where nothing is', () => {
    expect(guessMapping(samples({ posts: [{ title: 'x', body: 'y' }], empty: [] }))).toBeUndefined();
  });
});
