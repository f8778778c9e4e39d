import { Button, Checkbox, HTMLSelect } from '@blueprintjs/core';
import { useState } from 'react';
import { compareResults } from '../../shared/reports/compareResults';
import type { AnyResult } from '../../shared/reports/result';
import { TableTwin } from '../chart/TableTwin';
import { writeTabbed } from '../chart/tableModel';
import { client } from '../client/client';
import { formatExact } from '../format/number';
import { formatDateTime } from '../format/time';
import { Dialog } from '../frame/Dialog';
import { useCurrentReport } from '../state/currentReport';
import { openRunFile, saveRunFile, useKeptRuns, type KeptRun } from '../state/keptRuns';
import { showToast } from '../state/toast';
import { EXPORTS } from '../text/words';
import { comparisonTable, describeRun } from './runText';

const TITLE = 'Compare runs';

/** The run on screen and the one before it with the same title, to begin with. */
function firstPair(runs: readonly KeptRun[], kind: string | undefined): [string, string] {
  const later = runs.find(({ result }) => result.kind === kind) ?? runs[0];
  const same = runs.filter(({ id, result }) => id !== later?.id && result.kind === later?.result.kind);
  const earlier = same.find(({ result }) => result.title === later?.result.title) ?? same[0];
  return [earlier?.id ?? '', later?.id ?? ''];
}

/** The rules that one run follows and the other does not. */
const only = (run: AnyResult, other: AnyResult): readonly string[] =>
  run.definition.filter((sentence) => !other.definition.includes(sentence));

function Choice({
  label,
  value,
  runs,
  onChange,
}: {
  label: string;
  value: string;
  runs: readonly KeptRun[];
  onChange: (id: string) => void;
}): React.JSX.Element {
  const run = runs.find(({ id }) => id === value);
  const provenance = run?.result.provenance;
  return (
    <div className="wm-field">
      <span>{label}</span>
      <div className="wm-compare-choice">
        <HTMLSelect
          fill
          aria-label={label}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          options={[
            { value: '', label: 'Choose a run' },
            ...runs.map((entry) => ({ value: entry.id, label: describeRun(entry) })),
          ]}
        />
        <Button
          text="Save…"
          aria-label={`Save the ${label.toLowerCase()}`}
          disabled={!run}
          onClick={() => run && void saveRunFile(run.result)}
        />
      </div>
      {provenance && (
        <p className="wm-caption">
          {provenance.executor} · data through{' '}
          {provenance.dataThrough === null
            ? '–'
            : formatDateTime(provenance.dataThrough, provenance.timezone, true)}{' '}
          · {provenance.timezone} · {provenance.database}
        </p>
      )}
    </div>
  );
}

function Panel(): React.JSX.Element {
  const runs = useKeptRuns((state) => state.runs);
  const kind = useCurrentReport((state) => state.report?.kind);
  const [[earlier, later], setPair] = useState(() => firstPair(runs, kind));
  const [onlyDifferent, setOnlyDifferent] = useState(false);
  const before = runs.find(({ id }) => id === earlier);
  const after = runs.find(({ id }) => id === later);
  const comparable = before && after && before.result.kind === after.result.kind;
  const figures = comparable ? compareResults(before.result, after.result) : [];
  const different = figures.filter(({ same }) => !same);
  const table =
    after && comparable ? comparisonTable(onlyDifferent ? different : figures, after.result) : null;
  const rules =
    comparable && JSON.stringify(before.result.definition) !== JSON.stringify(after.result.definition);
  return (
    <>
      <div className="wm-compare-choices">
        <Choice label="Earlier run" value={earlier} runs={runs} onChange={(id) => setPair([id, later])} />
        <Choice label="Later run" value={later} runs={runs} onChange={(id) => setPair([earlier, id])} />
      </div>
      <div className="wm-drawer-tools">
        <Button
          text="Open a run…"
          onClick={() => void openRunFile().then((run) => run && setPair([run.id, later]))}
        />
        <Button text="Swap" disabled={!comparable} onClick={() => setPair([later, earlier])} />
        <Checkbox
          style={{ margin: 0 }}
          checked={onlyDifferent}
          onChange={(event) => setOnlyDifferent(event.currentTarget.checked)}
        >
          Only differences
        </Checkbox>
        <span className="wm-caption" role="status">
          {comparable
            ? `${formatExact(different.length)} of ${formatExact(figures.length)} figures differ`
            : ''}
        </span>
        <Button
          style={{ marginLeft: 'auto' }}
          text="Copy table"
          disabled={!table}
          onClick={() =>
            table &&
            void client
              .call('clipboard.write', { text: writeTabbed(table) })
              .then(() => showToast(EXPORTS.copied))
          }
        />
      </div>
      {rules && (
        <p className="wm-card-note wm-warn">
          The two runs follow different rules.
          {only(before.result, after.result).map((sentence) => (
            <span key={sentence}> Earlier: {sentence}</span>
          ))}
          {only(after.result, before.result).map((sentence) => (
            <span key={sentence}> Later: {sentence}</span>
          ))}
        </p>
      )}
      {table ? (
        <TableTwin key={`${earlier} ${later} ${onlyDifferent}`} table={table} label={TITLE} />
      ) : (
        <p className="wm-state">
          {before && after
            ? `A run of the kind ${before.result.kind} cannot be compared with one of the kind ${after.result.kind}.`
            : 'Choose two runs of a report: each answer of this window is kept until it closes; save one to compare it later.'}
        </p>
      )}
    </>
  );
}

/** Two runs of a report side by side, number by number. */
export function CompareDialog(): React.JSX.Element {
  return (
    <Dialog overlay="compare" title={TITLE} className="wm-compare">
      <Panel />
    </Dialog>
  );
}
