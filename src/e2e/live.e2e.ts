import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runCli } from '../cli/testing/runCli';
import { indexReportSchema, propertyCatalogueSchema, qualityFindingsSchema } from '../shared/ipc/inspection';
import { openAnalyst, percent, plain, readCount, type Analyst } from './harness/analyst';
import { goTo, settle, typeFilter } from './harness/scenes';
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

  it('tells how many come in a second', async () => {
    const before = sent;
    await Promise.all(Array.from({ length: 60 }, () => send('many')));
    const rate = analyst.page.locator('.wm-rate');
    // Over the last ten seconds: these sixty for certain, and nothing that was never sent.
    const shown = async (): Promise<number> => Number((await rate.innerText()).replace('/s', ''));
    await expect.poll(shown, { interval: 100 }).toBeGreaterThanOrEqual(6);
    expect(await shown()).toBeLessThanOrEqual((before + 60) / 10);
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
    await typeFilter(page, 'Event', 'add_to_cart');
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

  /** What the command line says of the database. */
  const inspect = async (...subject: string[]): Promise<unknown> => {
    const from = ['--uri', inject('mongoUri'), '--db', database, '--format', 'json'];
    const { stdout, stderr, exitCode } = await runCli(['inspect', ...subject, ...from]);
    if (exitCode !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };
  const rowsOf = async (title: string): Promise<string[][]> => {
    const rows = await analyst.card(title).locator('tbody tr').all();
    return Promise.all(rows.map(async (row) => (await row.locator('td').allInnerTexts()).map(plain)));
  };

  it('shares of properties, findings and sizes of indexes are those of the command line', async () => {
    const { page } = analyst;
    const { properties, sampled } = propertyCatalogueSchema.parse(
      await inspect('properties', '--event', 'purchase'),
    );
    await analyst.card('Event catalogue').getByRole('button', { name: 'purchase', exact: true }).click();
    await analyst.card('purchase').getByText('amount', { exact: true }).waitFor();
    expect(await analyst.card('purchase').innerText()).toContain(String(sampled));
    expect((await rowsOf('purchase')).map(([name, , share]) => [name, share])).toEqual(
      properties.map(({ field, share }) => [field.slice('properties.'.length), percent(share)]),
    );

    const { findings } = qualityFindingsSchema.parse(await inspect('quality'));
    expect(findings.length).toBeGreaterThan(0);
    await page.getByRole('tab', { name: 'Quality' }).click();
    const items = analyst.card('Findings').getByRole('listitem');
    await items.first().waitFor();
    const said = await Promise.all(
      (await items.all()).map(async (item) => plain(await item.locator('.wm-number').innerText())),
    );
    expect(said.map((text) => (text === '' ? null : readCount(text)))).toEqual(
      findings.map(({ count }) => count),
    );

    // The server may write its indexes out in between, which changes their sizes.
    const indexes = async (): Promise<string[][]> =>
      indexReportSchema
        .parse(await inspect('indexes'))
        .indexes.map(({ collection, key, bytes }) => [
          collection,
          key,
          bytes === null ? '–' : bytesText(bytes),
        ]);
    const before = await indexes();
    await page.getByRole('tab', { name: 'Indexes' }).click();
    await analyst.card('Indexes').getByRole('row').nth(1).waitFor();
    const shown = (await rowsOf('Indexes')).map(([collection, key, , , size]) => [collection, key, size]);
    expect([before, await indexes()]).toContainEqual(shown);
  });
});

/** Bytes as they are printed: in units of 1,024, one decimal. */
function bytesText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  const [size, unit] = bytes < 1_048_576 ? [bytes / 1_024, 'KB'] : [bytes / 1_048_576, 'MB'];
  return `${Math.round(size * 10) / 10} ${unit}`;
}
