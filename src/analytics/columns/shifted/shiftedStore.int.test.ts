import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseReport } from '../../../shared/reports/report';
import type { JourneyData, KpiFigures } from '../../../shared/reports/result';
import { executeReport } from '../../execute/executeReport';
import { FolderSupply } from '../store/folderSupply';
import { ShiftedStore } from './shiftedStore';

const FOLDER = fileURLToPath(new URL('../../../../resources/sample-shop', import.meta.url));
/** A Wednesday noon in UTC, some years after the shop was made. */
const NOW = Date.UTC(2029, 4, 16, 12);

async function ask(report: object, now = NOW) {
  const columns = new FolderSupply(new ShiftedStore(FOLDER, now));
  return executeReport({ report: parseReport({ version: 1, ...report }), columns, now });
}

describe('the bundled sample shop', () => {
  it('has visits up to this hour and none later, whenever it is opened', async () => {
    for (const now of [NOW, NOW + 86_400_000 * 3, Date.UTC(2026, 11, 1)]) {
      const today = await ask({ kind: 'kpis', range: { last: '2h' } }, now);
      expect((today.data as KpiFigures).events).toBeGreaterThan(0);
      const later = { from: new Date(now).toISOString(), to: new Date(now + 9e8).toISOString() };
      expect((await ask({ kind: 'kpis', range: later }, now)).data).toMatchObject({ events: 0 });
      const through = Date.parse(today.provenance.dataThrough ?? '');
      expect(now - through).toBeLessThan(3_600_000);
    }
  });

  it('moves by whole weeks: seven days later it tells the same', async () => {
    const report = { kind: 'kpis', range: { last: '28d', timezone: 'UTC' } };
    expect((await ask(report, NOW + 7 * 86_400_000)).data).toEqual((await ask(report)).data);
  });

  it('opens the journey of a listed user, with all that the list counted', async () => {
    const range = { last: '30d' };
    const listed = await ask({ kind: 'kpis', range, users: { kpi: 'purchases' } });
    const userId = listed.users?.[0]?.userId ?? '';
    const journey = (await ask({ kind: 'journey', userId, range })).data as JourneyData;
    expect(journey.totals.purchases).toBeGreaterThan(0);
    const own = [{ field: 'userId', op: 'in', values: [userId, ...journey.user.aliases] }];
    const kpis = (await ask({ kind: 'kpis', range, filters: own })).data as KpiFigures;
    expect(journey.totals.purchases).toBe(kpis.purchases);
    expect(journey.totals.sessions).toBe(kpis.sessions);
  });
});
