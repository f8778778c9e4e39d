import { Button, HTMLSelect, ProgressBar } from '@blueprintjs/core';
import { useEffect, useRef, useState } from 'react';
import type { ColumnsStatus } from '../../../shared/ipc/columns';
import { Facts } from '../../chart/Facts';
import { client } from '../../client/client';
import { useFields, loadProperties } from '../../filters/useFields';
import { formatBytes, formatDuration, formatExact, UNKNOWN } from '../../format/number';
import { formatDateTime } from '../../format/time';
import { refreshAll } from '../../state/runs';
import { showToast } from '../../state/toast';
import { useWorkspace, workspaceKey } from '../../state/workspace';
import { useZone } from '../../state/zone';
import { Inspected } from './Inspected';
import { useInspection } from './useInspection';
import { WORDS } from '../../text/words';
import { DATA } from '../../text/data';

const TYPES = ['number', 'text', 'boolean'] as const;

interface Work {
  readonly what: 'build' | 'verify' | 'clear';
  readonly phase: string;
  readonly done: number | null;
}

/** What is built, how much of the events it covers and how far it lags. */
function Coverage({ status, total }: { status: ColumnsStatus; total: number | null }): React.JSX.Element {
  const zone = useZone();
  const when = (at: string | null): string => (at === null ? UNKNOWN : formatDateTime(at, zone, true));
  const share = total !== null && total > 0 ? Math.min(1, status.events / total) : null;
  const facts: readonly (readonly [string, string, boolean?])[] = [
    [
      DATA.eventsInBlocks,
      formatExact(status.events) + (total === null ? '' : DATA.ofTotal(formatExact(total))),
    ],
    [WORDS.from, when(status.from)],
    [DATA.through, when(status.through)],
    [DATA.built, `${when(status.builtAt)}${status.complete ? '' : DATA.notCompleteYet}`],
    [DATA.hoursReadFromEvents, formatExact(status.dirtyHours)],
    [DATA.behind, DATA.lag(formatDuration(status.lagSec), formatExact(status.pendingChanges))],
    [DATA.blocks, `${formatExact(status.blocks)}, ${formatBytes(status.bytes)}`],
    [DATA.bytesAnEvent, status.bytesPerEvent === null ? UNKNOWN : formatExact(status.bytesPerEvent)],
    [
      DATA.userAndSessionIds,
      DATA.idSizes(formatExact(status.userIds), formatExact(status.sessionIds), formatBytes(status.idBytes)),
    ],
    [WORDS.mapping, status.mapping],
    [DATA.declaredProperties, status.properties.join(', ') || DATA.noneDeclared],
    ...Object.entries(status.inexact).map(([field, why]) => [field, why, true] as const),
  ];
  return (
    <>
      {share !== null && (
        <div
          className="wm-coverage"
          role="img"
          aria-label={DATA.coverage(formatExact(status.events), formatExact(total))}
        >
          <span style={{ width: `${share * 100}%` }} />
        </div>
      )}
      <Facts facts={facts} className="wm-mapping-note" />
    </>
  );
}

/** Column blocks: what they cover, and building, checking and clearing them. */
export function ColumnsTab(): React.JSX.Element {
  const inspection = useInspection('columns.status', {});
  const catalogue = useInspection('inspect.events', {});
  const status = useWorkspace((state) => state.status);
  const data = useWorkspace(workspaceKey);
  const fields = useFields().filter(({ value }) => value.startsWith('properties.'));
  const [work, setWork] = useState<Work | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [field, setField] = useState('');
  const [type, setType] = useState<(typeof TYPES)[number]>('number');
  const controller = useRef<AbortController | null>(null);
  useEffect(() => void loadProperties(data), [data]);
  useEffect(() => () => controller.current?.abort(), []);
  const total = catalogue.answer?.events.reduce((sum, { count }) => sum + count, 0) ?? null;

  const run = async (what: Work['what'], task: (signal: AbortSignal) => Promise<string>): Promise<void> => {
    const own = new AbortController();
    controller.current = own;
    setWork({ what, phase: '', done: null });
    setProblem(null);
    try {
      showToast(await task(own.signal));
      refreshAll();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setWork(null);
      inspection.again();
    }
  };
  const onProgress = ({ phase, done }: { phase: string; done?: number | undefined }): void =>
    setWork((old) => old && { ...old, phase, done: done ?? null });
  const build = (declare: readonly string[]): Promise<void> =>
    run('build', async (signal) => {
      const built = await client.call('columns.build', { declare: [...declare] }, { signal, onProgress });
      return DATA.inColumns(formatExact(built.events));
    });
  const verify = (): Promise<void> =>
    run('verify', async (signal) => {
      const { events, parts, repaired } = await client.call('columns.verify', {}, { signal, onProgress });
      return repaired === 0
        ? DATA.everyBlockAgrees(formatExact(events))
        : DATA.repaired(formatExact(repaired), formatExact(parts));
    });
  const clear = (): Promise<void> =>
    run('clear', async (signal) => {
      await client.call('columns.clear', {}, { signal });
      return DATA.columnsRemoved;
    });
  const refused = status.readOnly ? DATA.thisConnectionIsReadOnly : null;
  const busy = work !== null;
  const exists = inspection.answer?.status !== null && inspection.answer?.status !== undefined;
  return (
    <Inspected title={WORDS.columns} inspection={inspection}>
      {({ status: built, reason }) => (
        <>
          {built ? (
            <Coverage status={built} total={total} />
          ) : (
            <div className="wm-state">
              <p>{reason ?? DATA.noColumns}</p>
            </div>
          )}
          <div className="wm-toolbar wm-columns-tools" role="group" aria-label={WORDS.columns}>
            <Button
              intent={exists ? 'none' : 'primary'}
              text={exists ? DATA.bringUpToDate : DATA.build}
              disabled={busy || refused !== null}
              {...(refused === null ? {} : { title: refused })}
              onClick={() => void build([])}
            />
            <Button
              text={DATA.verify}
              disabled={busy || refused !== null || !exists}
              onClick={() => void verify()}
            />
            <Button
              text={DATA.removeColumns}
              disabled={busy || refused !== null || !exists}
              onClick={() => void clear()}
            />
            <span className="wm-inline">
              <span className="wm-caption">{DATA.declare}</span>
              <HTMLSelect
                aria-label={DATA.propertyToDeclare}
                value={field}
                disabled={busy || refused !== null}
                onChange={(event) => setField(event.target.value)}
                options={[
                  { value: '', label: DATA.chooseProperty },
                  ...fields.map(({ value, label }) => ({ value, label })),
                ]}
              />
              <HTMLSelect
                aria-label={DATA.typeOfTheProperty}
                value={type}
                disabled={busy || refused !== null}
                onChange={(event) => setType(TYPES.find((name) => name === event.target.value) ?? 'number')}
                options={[...TYPES]}
              />
              <Button
                text={DATA.declareAndBuild}
                disabled={busy || refused !== null || field === ''}
                onClick={() => void build([`${field}:${type}`]).then(() => setField(''))}
              />
            </span>
          </div>
          {refused !== null && <p className="wm-card-note wm-warn">{refused}</p>}
          {work && (
            <div className="wm-columns-work" role="status">
              <span>
                {work.phase === '' ? DATA.working : work.phase}
                {work.done === null ? '' : DATA.eventsDone(formatExact(work.done))}
              </span>
              <ProgressBar
                intent="primary"
                {...(work.done !== null && total ? { value: Math.min(1, work.done / total) } : {})}
              />
              <Button size="small" text={WORDS.cancel} onClick={() => controller.current?.abort()} />
            </div>
          )}
          {problem !== null && (
            <p className="wm-card-note is-error" role="alert">
              {problem}
            </p>
          )}
        </>
      )}
    </Inspected>
  );
}
