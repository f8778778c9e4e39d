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
import { WORDS } from '../../text/words';
import { DATA } from '../../text/data';

const ORIGIN_NAMES: Readonly<Record<Origin, string>> = {
  event: WORDS.event,
  session: WORDS.session,
  user: WORDS.user,
  constant: DATA.always,
};
const WAY_NAMES: Readonly<Record<string, string>> = {
  date: DATA.date,
  iso: DATA.isoText,
  epochMs: DATA.epochMs,
  epochSec: DATA.epochSec,
  seconds: DATA.seconds,
  milliseconds: DATA.milliseconds,
  text: DATA.asItIs,
  urlPath: DATA.urlPath,
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
            aria-label={DATA.readFromOf(name)}
            value={form.from}
            onChange={(event) => onChange({ ...form, from: event.target.value as Origin })}
            options={ORIGINS.map((value) => ({ value, label: ORIGIN_NAMES[value] }))}
          />
        )}
      </td>
      <td>
        <input
          className="bp6-input wm-mono"
          aria-label={`${name}: ${form.from === 'constant' ? DATA.valueOf : DATA.pathOf}`}
          value={form.value}
          spellCheck={false}
          placeholder={DATA.notRead}
          onChange={(event) => onChange({ ...form, value: event.target.value })}
        />
      </td>
      <td>
        {ways && (
          <HTMLSelect
            minimal
            aria-label={DATA.storedAsOf(name)}
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
          ...(none ? [{ value: '', label: WORDS.none }] : []),
          ...[...new Set([...report.collections, form[key]])]
            .filter((name) => name !== '')
            .map((value) => ({ value, label: value })),
        ]}
      />
    </label>
  );
  const header = (
    <TableHead
      columns={[
        WORDS.field,
        DATA.readFrom,
        DATA.pathOrValue,
        DATA.storedAs,
        { label: DATA.found, end: true },
        DATA.example,
      ]}
    />
  );
  return (
    <>
      <div className="wm-form-row is-mapping">
        {text('name', WORDS.name)}
        {collection('collection', DATA.eventsIn, false)}
        {text('unwind', DATA.oneEventPerElementOf)}
        {collection('sessions', DATA.sessionsIn, true)}
        {form.sessions !== '' && text('sessionId', DATA.idOfASession)}
        {collection('users', DATA.usersIn, true)}
      </div>
      <div className="wm-mapping-columns">
        <table className="wm-table wm-mapping-fields" aria-label={DATA.fieldsOfAnEvent}>
          {header}
          <tbody>
            {EVENT_SPECS.map((spec) => (
              <FieldRow
                key={spec.field}
                spec={spec}
                of={WORDS.event}
                form={form.event[spec.field] ?? { from: 'event', value: '', as: '' }}
                found={report.fields.find(({ field }) => field === spec.field)}
                onChange={(field) => onChange({ ...form, event: { ...form.event, [spec.field]: field } })}
              />
            ))}
          </tbody>
        </table>
        {form.users !== '' && (
          <table className="wm-table wm-mapping-fields" aria-label={DATA.fieldsOfAUser}>
            {header}
            <tbody>
              {USER_SPECS.map((spec) => (
                <FieldRow
                  key={spec.field}
                  spec={spec}
                  of={WORDS.user}
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
        {text('pageViews', DATA.eventsThatArePageViews)}
        {text('purchases', DATA.eventsThatArePurchases)}
      </div>
      <EventsAsRead report={report} />
    </>
  );
}
