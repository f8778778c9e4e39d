import { HTMLSelect } from '@blueprintjs/core';
import type { MappingReport } from '../../../shared/ipc/inspection';
import { formatPercent, UNKNOWN } from '../../format/number';
import { EventsAsRead } from './MappingPreview';
import {
  EVENT_SPECS,
  ORIGINS,
  USER_SPECS,
  type FieldForm,
  type FieldSpec,
  type MappingForm,
  type Origin,
} from './mappingForm';
import { TableHead } from '../../chart/TableHead';

const ORIGIN_NAMES: Readonly<Record<Origin, string>> = {
  event: 'Event',
  session: 'Session',
  user: 'User',
  constant: 'Always',
};
const WAY_NAMES: Readonly<Record<string, string>> = {
  date: 'date',
  iso: 'ISO text',
  epochMs: 'ms since 1970',
  epochSec: 's since 1970',
  seconds: 'seconds',
  milliseconds: 'milliseconds',
  text: 'as it is',
  urlPath: 'path of a URL',
};

/** One field: where it is read from, how it is stored, and what is found there. */
function FieldRow({
  spec,
  form,
  of,
  found,
  onChange,
}: {
  spec: FieldSpec;
  form: FieldForm;
  of: string;
  found: MappingReport['fields'][number] | undefined;
  onChange: (form: FieldForm) => void;
}): React.JSX.Element {
  const { field, plain, ways, needed } = spec;
  const name = `${of} ${field}`;
  const used = form.value.trim() !== '';
  return (
    <tr>
      <td>
        {field}
        {needed && <span className="wm-muted"> *</span>}
      </td>
      <td>
        {!plain && (
          <HTMLSelect
            minimal
            aria-label={`${name}: read from`}
            value={form.from}
            onChange={(event) => onChange({ ...form, from: event.target.value as Origin })}
            options={ORIGINS.map((value) => ({ value, label: ORIGIN_NAMES[value] }))}
          />
        )}
      </td>
      <td>
        <input
          className="bp6-input wm-mono"
          aria-label={`${name}: ${form.from === 'constant' ? 'value' : 'path'}`}
          value={form.value}
          spellCheck={false}
          placeholder="not read"
          onChange={(event) => onChange({ ...form, value: event.target.value })}
        />
      </td>
      <td>
        {ways && (
          <HTMLSelect
            minimal
            aria-label={`${name}: stored as`}
            value={form.as}
            disabled={!used}
            onChange={(event) => onChange({ ...form, as: event.target.value })}
            options={ways.map((value) => ({ value, label: WAY_NAMES[value] ?? value }))}
          />
        )}
      </td>
      <td className={used && found?.share === 0 ? 'is-end wm-warn' : 'is-end'}>
        {used && found ? formatPercent(found.share) : ''}
      </td>
      <td title={found?.example ?? ''}>{used && found ? (found.example ?? UNKNOWN) : ''}</td>
    </tr>
  );
}

/** The fields of a mapping to edit, with what each would read. */
export function MappingFields({
  form,
  onChange,
  report,
}: {
  form: MappingForm;
  onChange: (form: MappingForm) => void;
  report: MappingReport;
}): React.JSX.Element {
  const text = (key: 'name' | 'unwind' | 'sessionId' | 'pageViews' | 'purchases', label: string) => (
    <label className="wm-field">
      <span>{label}</span>
      <input
        className="bp6-input"
        value={form[key]}
        spellCheck={false}
        onChange={(event) => onChange({ ...form, [key]: event.target.value })}
      />
    </label>
  );
  const collection = (key: 'collection' | 'sessions' | 'users', label: string, none: boolean) => (
    <label className="wm-field">
      <span>{label}</span>
      <HTMLSelect
        fill
        value={form[key]}
        onChange={(event) => onChange({ ...form, [key]: event.target.value })}
        options={[
          ...(none ? [{ value: '', label: 'None' }] : []),
          ...[...new Set([...report.collections, form[key]])]
            .filter((name) => name !== '')
            .map((value) => ({ value, label: value })),
        ]}
      />
    </label>
  );
  const header = (
    <TableHead
      columns={['Field', 'Read from', 'Path or value', 'Stored as', { label: 'Found', end: true }, 'Example']}
    />
  );
  return (
    <>
      <div className="wm-form-row is-mapping">
        {text('name', 'Name')}
        {collection('collection', 'Events in', false)}
        {text('unwind', 'One event per element of')}
        {collection('sessions', 'Sessions in', true)}
        {form.sessions !== '' && text('sessionId', 'Id of a session')}
        {collection('users', 'Users in', true)}
      </div>
      <div className="wm-mapping-columns">
        <table className="wm-table wm-mapping-fields" aria-label="Fields of an event">
          {header}
          <tbody>
            {EVENT_SPECS.map((spec) => (
              <FieldRow
                key={spec.field}
                spec={spec}
                of="Event"
                form={form.event[spec.field] ?? { from: 'event', value: '', as: '' }}
                found={report.fields.find(({ field }) => field === spec.field)}
                onChange={(field) => onChange({ ...form, event: { ...form.event, [spec.field]: field } })}
              />
            ))}
          </tbody>
        </table>
        {form.users !== '' && (
          <table className="wm-table wm-mapping-fields" aria-label="Fields of a user">
            {header}
            <tbody>
              {USER_SPECS.map((spec) => (
                <FieldRow
                  key={spec.field}
                  spec={spec}
                  of="User"
                  form={form.user[spec.field] ?? { from: 'event', value: '', as: '' }}
                  found={undefined}
                  onChange={(field) => onChange({ ...form, user: { ...form.user, [spec.field]: field } })}
                />
              ))}
            </tbody>
          </table>
        )}
      </div>
      <div className="wm-form-row is-mapping">
        {text('pageViews', 'Events that are page views')}
        {text('purchases', 'Events that are purchases')}
      </div>
      <EventsAsRead report={report} />
    </>
  );
}
