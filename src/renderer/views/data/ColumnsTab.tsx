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
    ['Events in blocks', formatExact(status.events) + (total === null ? '' : ` of ${formatExact(total)}`)],
    ['From', when(status.from)],
    ['Through', when(status.through)],
    ['Built', `${when(status.builtAt)}${status.complete ? '' : ', not complete yet'}`],
    ['Hours read from events', formatExact(status.dirtyHours)],
    ['Behind', `${formatDuration(status.lagSec)}, ${formatExact(status.pendingChanges)} changes`],
    ['Blocks', `${formatExact(status.blocks)}, ${formatBytes(status.bytes)}`],
    ['Bytes an event', status.bytesPerEvent === null ? UNKNOWN : formatExact(status.bytesPerEvent)],
    [
      'User and session ids',
      `${formatExact(status.userIds)} and ${formatExact(status.sessionIds)}, ${formatBytes(status.idBytes)}`,
    ],
    ['Mapping', status.mapping],
    ['Declared properties', status.properties.join(', ') || 'none'],
    ...Object.entries(status.inexact).map(([field, why]) => [field, why, true] as const),
  ];
  return (
    <>
      {share !== null && (
        <div
          className="wm-coverage"
          role="img"
          aria-label={`${formatExact(status.events)} of ${formatExact(total)} events are in blocks`}
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
      return `${formatExact(built.events)} events are in columns.`;
    });
  const verify = (): Promise<void> =>
    run('verify', async (signal) => {
      const { events, parts, repaired } = await client.call('columns.verify', {}, { signal, onProgress });
      return repaired === 0
        ? `Every block agrees with the ${formatExact(events)} events.`
        : `${formatExact(repaired)} of ${formatExact(parts)} parts differed and were built again.`;
    });
  const clear = (): Promise<void> =>
    run('clear', async (signal) => {
      await client.call('columns.clear', {}, { signal });
      return 'Columns removed; the events are untouched. Build makes them again.';
    });
  const refused = status.readOnly ? 'This connection is read only.' : null;
  const busy = work !== null;
  const exists = inspection.answer?.status !== null && inspection.answer?.status !== undefined;
  return (
    <Inspected title="Columns" inspection={inspection}>
      {({ status: built, reason }) => (
        <>
          {built ? (
            <Coverage status={built} total={total} />
          ) : (
            <div className="wm-state">
              <p>{reason ?? 'No columns have been built. Reports read the events.'}</p>
            </div>
          )}
          <div className="wm-toolbar wm-columns-tools" role="group" aria-label="Columns">
            <Button
              intent={exists ? 'none' : 'primary'}
              text={exists ? 'Bring up to date' : 'Build'}
              disabled={busy || refused !== null}
              {...(refused === null ? {} : { title: refused })}
              onClick={() => void build([])}
            />
            <Button
              text="Verify"
              disabled={busy || refused !== null || !exists}
              onClick={() => void verify()}
            />
            <Button
              text="Remove columns"
              disabled={busy || refused !== null || !exists}
              onClick={() => void clear()}
            />
            <span className="wm-inline">
              <span className="wm-caption">Declare</span>
              <HTMLSelect
                aria-label="Property to declare"
                value={field}
                disabled={busy || refused !== null}
                onChange={(event) => setField(event.target.value)}
                options={[
                  { value: '', label: 'Property…' },
                  ...fields.map(({ value, label }) => ({ value, label })),
                ]}
              />
              <HTMLSelect
                aria-label="Type of the property"
                value={type}
                disabled={busy || refused !== null}
                onChange={(event) => setType(TYPES.find((name) => name === event.target.value) ?? 'number')}
                options={[...TYPES]}
              />
              <Button
                text="Declare and build"
                disabled={busy || refused !== null || field === ''}
                onClick={() => void build([`${field}:${type}`]).then(() => setField(''))}
              />
            </span>
          </div>
          {refused !== null && <p className="wm-card-note wm-warn">{refused}</p>}
          {work && (
            <div className="wm-columns-work" role="status">
              <span>
                {work.phase === '' ? 'Working…' : work.phase}
                {work.done === null ? '' : ` · ${formatExact(work.done)} events`}
              </span>
              <ProgressBar
                intent="primary"
                {...(work.done !== null && total ? { value: Math.min(1, work.done / total) } : {})}
              />
              <Button size="small" text="Cancel" onClick={() => controller.current?.abort()} />
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
