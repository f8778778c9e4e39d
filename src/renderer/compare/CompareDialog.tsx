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
import { EXPORTS } from '../text/cards';
import { comparisonTable, describeRun } from './runText';
import { COMPARE_RUNS } from '../text/compare';

const TITLE = COMPARE_RUNS.compareRuns;

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
            { value: '', label: COMPARE_RUNS.chooseARun },
            ...runs.map((entry) => ({ value: entry.id, label: describeRun(entry) })),
          ]}
        />
        <Button
          text={COMPARE_RUNS.saveRun}
          aria-label={COMPARE_RUNS.saveThe(label.toLowerCase())}
          disabled={!run}
          onClick={() => run && void saveRunFile(run.result)}
        />
      </div>
      {provenance && (
        <p className="wm-caption">
          {COMPARE_RUNS.provenance(
            provenance.executor,
            provenance.dataThrough === null
              ? '–'
              : formatDateTime(provenance.dataThrough, provenance.timezone, true),
            provenance.timezone,
            provenance.database,
          )}
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
        <Choice
          label={COMPARE_RUNS.earlierRun}
          value={earlier}
          runs={runs}
          onChange={(id) => setPair([id, later])}
        />
        <Choice
          label={COMPARE_RUNS.laterRun}
          value={later}
          runs={runs}
          onChange={(id) => setPair([earlier, id])}
        />
      </div>
      <div className="wm-drawer-tools">
        <Button
          text={COMPARE_RUNS.openARun}
          onClick={() => void openRunFile().then((run) => run && setPair([run.id, later]))}
        />
        <Button text={COMPARE_RUNS.swap} disabled={!comparable} onClick={() => setPair([later, earlier])} />
        <Checkbox
          style={{ margin: 0 }}
          checked={onlyDifferent}
          onChange={(event) => setOnlyDifferent(event.currentTarget.checked)}
        >
          {COMPARE_RUNS.onlyDifferences}
        </Checkbox>
        <span className="wm-caption" role="status">
          {comparable
            ? COMPARE_RUNS.howManyDiffer(formatExact(different.length), formatExact(figures.length))
            : ''}
        </span>
        <Button
          style={{ marginLeft: 'auto' }}
          text={EXPORTS.copyTable}
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
          {COMPARE_RUNS.differentRules}
          {only(before.result, after.result).map((sentence) => (
            <span key={sentence}>{COMPARE_RUNS.earlierRule(sentence)}</span>
          ))}
          {only(after.result, before.result).map((sentence) => (
            <span key={sentence}>{COMPARE_RUNS.laterRule(sentence)}</span>
          ))}
        </p>
      )}
      {table ? (
        <TableTwin key={`${earlier} ${later} ${onlyDifferent}`} table={table} label={TITLE} />
      ) : (
        <p className="wm-state">
          {before && after
            ? COMPARE_RUNS.otherKind(before.result.kind, after.result.kind)
            : COMPARE_RUNS.chooseTwo}
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
