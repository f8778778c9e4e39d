import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openAnalyst, readCount, type Analyst } from './harness/analyst';
import { goTo, settle } from './harness/scenes';
import { dropShop, fillShop } from './harness/shop';

const database = 'e2eLive';
const client = new MongoClient(inject('mongoUri'));
let analyst: Analyst;
let sent = 0;

/** An event as it would arrive now. */
async function send(eventType: string, userId = 'ana'): Promise<void> {
  const id = `live-${(sent += 1)}`;
  const now = new Date();
  await client
    .db(database)
    .collection<{ _id: string }>('events')
    .insertOne({ _id: id, userId, eventType, timestamp: now, receivedAt: now, properties: {} } as never);
}

beforeAll(async () => {
  await fillShop({ uri: inject('mongoUri'), database, events: 1_000 });
  analyst = await openAnalyst({ database });
});
afterAll(async () => {
  await analyst.close();
  await client.close();
  await dropShop(inject('mongoUri'), database);
});

describe('live', () => {
  it('shows events as they arrive, newest first, and leads to the journey', async () => {
    const { page } = analyst;
    await goTo(page, 'Live');
    await page.getByText('Waiting for events. Last one').waitFor();
    await expect
      .poll(
        async () => {
          await send('sign_up');
          return page.getByRole('row').filter({ hasText: 'sign_up' }).count();
        },
        { interval: 500, timeout: 15_000 },
      )
      .toBeGreaterThan(0);
    await send('purchase', 'bert');
    await page.getByRole('row').nth(1).filter({ hasText: 'purchase' }).waitFor();
    expect(await page.getByRole('row').nth(1).innerText()).toContain('bert');
  });

  it('pauses, counts what waits, and goes on', async () => {
    const { page } = analyst;
    await page.getByRole('button', { name: 'Pause' }).click();
    for (let index = 0; index < 3; index += 1) await send('search');
    await page.getByText('Paused. 3 new.').waitFor();
    expect(await page.getByRole('row').filter({ hasText: 'search' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('row').nth(1).filter({ hasText: 'search' }).waitFor();
    expect(await page.getByRole('row').filter({ hasText: 'search' }).count()).toBe(3);
  });
});

describe('a filter', () => {
  it('lets through only what it names', async () => {
    const { page } = analyst;
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.keyboard.type('Event');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('add_to_cart');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Event is add_to_cart').waitFor();
    await page.getByText('Waiting for events.').waitFor(); // what came before the filter is gone
    await expect
      .poll(
        async () => {
          await send('search');
          await send('add_to_cart', 'carla');
          return page.getByRole('row').filter({ hasText: 'add_to_cart' }).count();
        },
        { interval: 500, timeout: 15_000 },
      )
      .toBeGreaterThan(0);
    const shown = page.getByRole('region', { name: 'Events, newest first' }).locator('tbody tr');
    expect(await shown.count()).toBe(await shown.filter({ hasText: 'add_to_cart' }).count());
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
  });
});

describe('when the watch dies', () => {
  it('it begins again by itself', async () => {
    const { app, page } = analyst;
    process.kill(await app.analyticsPid(), 'SIGKILL');
    await page.getByRole('alert').filter({ hasText: 'Trying again.' }).waitFor();
    await expect
      .poll(
        async () => {
          await send('came_back');
          return page.getByRole('row').filter({ hasText: 'came_back' }).count();
        },
        { interval: 500 },
      )
      .toBeGreaterThan(0);
    expect(await page.getByRole('alert').filter({ hasText: 'Trying again.' }).count()).toBe(0);
  });
});

describe('data', () => {
  it('the catalogue counts what is stored', async () => {
    const { page } = analyst;
    await goTo(page, 'Data');
    await settle(page);
    const stored = await client
      .db(database)
      .collection('events')
      .aggregate<{ _id: string; count: number }>([{ $group: { _id: '$eventType', count: { $sum: 1 } } }])
      .toArray();
    const rows = await page.getByRole('region', { name: 'Event catalogue' }).locator('tbody tr').all();
    const shown = await Promise.all(
      rows.map(async (row) => (await row.locator('td').allInnerTexts()).slice(0, 2)),
    );
    expect(new Map(shown.map(([event, count = '']) => [event, readCount(count)]))).toEqual(
      new Map(stored.map(({ _id, count }) => [_id, count])),
    );
  });
});
