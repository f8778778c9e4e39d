import { Button, HTMLSelect } from '@blueprintjs/core';
import { useEffect, useState } from 'react';
import type { MappingReport } from '../../../shared/ipc/inspection';
import type { ConnectionMapping } from '../../../shared/ipc/connections';
import type { Mapping } from '../../../shared/model/mapping';
import { MAPPING_PRESETS } from '../../../shared/model/presets';
import { client } from '../../client/client';
import { showToast } from '../../state/toast';
import { openWorkspace, useWorkspace } from '../../state/workspace';
import { EXPORTS } from '../../text/cards';
import { Inspected } from './Inspected';
import { MappingFields } from './MappingFields';
import { formOfMapping, mappingOfForm, type MappingForm } from './mappingForm';
import { useInspection } from './useInspection';
import { DATA } from '../../text/data';
import { WORDS } from '../../text/words';

const PAUSE_MS = 350;
const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What the form makes: a mapping, or the sentence that says what is wrong with it. */
function readForm(form: MappingForm): { mapping: Mapping } | { problem: string } {
  try {
    return { mapping: mappingOfForm(form) };
  } catch (error) {
    return { problem: sentence(error) };
  }
}

/** What a mapping would read, asked for as it is edited; the latest answer stays while the next one loads. */
function usePreview(
  mapping: Mapping | null,
  first: MappingReport,
): { readonly report: MappingReport; readonly problem: string | null } {
  const key = mapping === null ? '' : JSON.stringify(mapping);
  const firstKey = JSON.stringify(first.mapping);
  const [state, setState] = useState<{ report: MappingReport; problem: string | null }>({
    report: first,
    problem: null,
  });
  useEffect(() => {
    if (key === '' || key === firstKey) return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const request = { mapping: JSON.parse(key) as Mapping };
      client.call('inspect.mapping', request, { signal: controller.signal }).then(
        (report) => {
          if (!controller.signal.aborted) setState({ report, problem: null });
        },
        (error: unknown) => {
          if (!controller.signal.aborted) setState((old) => ({ ...old, problem: sentence(error) }));
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [key, firstKey]);
  return key === firstKey ? { report: first, problem: null } : state;
}

/** Keeps a mapping with the connection and reads the data anew through it. */
async function keepMapping(id: string, database: string, mapping: ConnectionMapping | null): Promise<void> {
  await client.call('connections.setMapping', { id, mapping });
  await openWorkspace(id, database);
}

function Editor({ current, again }: { current: MappingReport; again: () => void }): React.JSX.Element {
  const { status, list } = useWorkspace();
  const [form, setForm] = useState<MappingForm>(() => formOfMapping(current.mapping));
  const [reason, setReason] = useState(current.reason);
  const [busy, setBusy] = useState<'guess' | 'save' | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const made = readForm(form);
  const mapping = 'mapping' in made ? made.mapping : null;
  const preview = usePreview(mapping, current);
  const changed = mapping === null || JSON.stringify(mapping) !== JSON.stringify(current.mapping);
  const connection = list.connections.find((entry) => entry.id === status.connection?.id);
  const start = (from: Mapping, why: string): void => {
    setForm(formOfMapping(from));
    setReason(why);
    setProblem(null);
  };
  const work = async (what: 'guess' | 'save', task: () => Promise<void>): Promise<void> => {
    setBusy(what);
    setProblem(null);
    try {
      await task();
    } catch (error) {
      setProblem(sentence(error));
    } finally {
      setBusy(null);
    }
  };
  const guess = (): Promise<void> =>
    work('guess', async () => {
      const found = await client.call('inspect.mapping', { guess: true });
      start(found.mapping, found.reason);
    });
  const save = (): Promise<void> =>
    work('save', async () => {
      const database = status.database;
      if (!mapping || !connection || database === null) return;
      const before = connection.mapping ?? null;
      const preset = MAPPING_PRESETS[mapping.name];
      const isPreset = preset !== undefined && JSON.stringify(preset) === JSON.stringify(mapping);
      const own = preset === undefined || isPreset ? mapping : { ...mapping, name: `${mapping.name} (own)` };
      await keepMapping(connection.id, database, isPreset ? mapping.name : own);
      showToast(DATA.mappingSaved(connection.name), {
        undo: () => void keepMapping(connection.id, database, before).then(again),
      });
      again();
    });
  return (
    <div className="wm-mapping-editor">
      <p className="wm-mapping-note">
        <strong>{form.name}</strong> · {reason}
      </p>
      <div className="wm-toolbar" role="group" aria-label={WORDS.mapping}>
        <label className="wm-inline">
          <span className="wm-caption">{DATA.startFrom}</span>
          <HTMLSelect
            value=""
            onChange={(event) => {
              const preset = MAPPING_PRESETS[event.target.value];
              if (preset) start(preset, DATA.startedFromPreset(preset.name));
            }}
            options={[
              { value: '', label: DATA.preset },
              ...Object.keys(MAPPING_PRESETS).map((value) => ({ value, label: value })),
            ]}
          />
        </label>
        <Button text={DATA.guessFromASample} loading={busy === 'guess'} onClick={() => void guess()} />
        <Button
          text={DATA.copyAsFile}
          title={DATA.copyAsFileHint}
          disabled={mapping === null}
          onClick={() =>
            void client
              .call('clipboard.write', { text: JSON.stringify(mapping, null, 2) })
              .then(() => showToast(EXPORTS.copied))
          }
        />
        <Button
          variant="minimal"
          text={DATA.discardChanges}
          disabled={!changed}
          onClick={() => start(current.mapping, current.reason)}
        />
        <Button
          intent="primary"
          text={DATA.saveWithTheConnection}
          loading={busy === 'save'}
          disabled={!changed || mapping === null || connection?.kind === 'sample'}
          onClick={() => void save()}
        />
      </div>
      {('problem' in made || problem !== null || preview.problem !== null) && (
        <p className="wm-card-note is-error" role="alert">
          {'problem' in made ? made.problem : (problem ?? preview.problem)}
        </p>
      )}
      <MappingFields form={form} onChange={setForm} report={preview.report} />
    </div>
  );
}

/** Which of our fields is read from which of theirs; changed here with what the change would read beside it. */
export function MappingTab(): React.JSX.Element {
  const inspection = useInspection('inspect.mapping', {});
  return (
    <Inspected title={DATA.mappingInUse} inspection={inspection}>
      {(report) => <Editor key={JSON.stringify(report.mapping)} current={report} again={inspection.again} />}
    </Inspected>
  );
}
