import { Button, Checkbox, HTMLSelect } from '@blueprintjs/core';
import { useEffect, useState } from 'react';
import type { Connection, ConnectionTest } from '../../../shared/ipc/connections';
import { MAPPING_PRESETS } from '../../../shared/model/presets';
import { client } from '../../client/client';
import { showToast } from '../../state/toast';
import { openWorkspace, useWorkspace } from '../../state/workspace';
import { openView } from '../../state/place';
import {
  draftOf,
  EMPTY_FORM,
  formOf,
  OWN_MAPPING,
  secretOf,
  usesTls,
  type ConnectionForm,
} from './connectionForm';
import { forgetTyped } from './forgetTyped';
import { TestOutcome } from './TestOutcome';
import { CONNECTIONS } from '../../text/connections';
import { WORDS } from '../../text/words';

type Outcome = { readonly test: ConnectionTest } | { readonly problem: string } | null;

/** A connection's address, login and TLS; testing shows what would be found. */
export function ConnectionEditor({
  connection,
  onSaved,
}: {
  connection: Connection | undefined;
  onSaved: (id: string) => void;
}): React.JSX.Element {
  const [form, setForm] = useState<ConnectionForm>(() => (connection ? formOf(connection) : EMPTY_FORM));
  const [busy, setBusy] = useState<'test' | 'save' | null>(null);
  const [outcome, setOutcome] = useState<Outcome>(null);
  const keychain = useWorkspace((state) => state.list.keychain);
  const set = (change: Partial<ConnectionForm>): void => {
    setForm({ ...form, ...change });
    setOutcome(null);
  };
  useEffect(() => forgetTyped, []);
  const incomplete = form.address.trim() === '' || (form.method === 'password' && form.username === '');
  const secret = secretOf(form);
  const ask = async (kind: 'test' | 'save', work: () => Promise<void>): Promise<void> => {
    setBusy(kind);
    try {
      await work();
    } catch (error) {
      setOutcome({ problem: error instanceof Error ? error.message : String(error) });
    } finally {
      setBusy(null);
    }
  };
  const test = (): Promise<void> =>
    ask('test', async () => {
      const found = await client.call('connections.test', {
        ...(connection ? { id: connection.id } : {}),
        draft: draftOf(form),
        ...(secret ? { secret } : {}),
      });
      setOutcome({ test: found });
    });
  const save = (connect: boolean): Promise<void> =>
    ask('save', async () => {
      const request = { draft: draftOf(form), ...(secret ? { secret } : {}) };
      const saved = connection
        ? await client.call('connections.update', { id: connection.id, ...request })
        : await client.call('connections.add', request);
      // What was typed as a secret is in the keychain now, and nowhere in this window.
      setForm(formOf(saved));
      forgetTyped();
      if (connect) {
        if (await openWorkspace(saved.id)) openView('overview');
      } else showToast(CONNECTIONS.saved(saved.name));
      onSaved(saved.id);
    });
  const chooseFile = (
    purpose: 'certificateAuthority' | 'clientCertificate',
    key: 'caFile' | 'certificateKeyFile',
  ): void =>
    void client.call('connections.chooseFile', { purpose }).then((file) => {
      if (file) set({ [key]: file.path });
    });
  const text = (
    key: 'name' | 'address' | 'database' | 'username' | 'authSource' | 'password' | 'certificateKeyPassword',
    label: string,
    placeholder = '',
    type = 'text',
  ): React.JSX.Element => (
    <label className="wm-field">
      <span>{label}</span>
      <input
        className="bp6-input"
        type={type}
        value={form[key]}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => set({ [key]: event.target.value })}
      />
    </label>
  );
  const stored = connection && connection.secret !== 'none' ? CONNECTIONS.passwordStored : '';
  return (
    <form
      className="wm-card wm-form"
      aria-label={connection ? connection.name : CONNECTIONS.newConnection}
      onSubmit={(event) => {
        event.preventDefault();
        void save(true);
      }}
    >
      <h2>{connection ? connection.name : CONNECTIONS.newConnection}</h2>
      {text('name', WORDS.name, CONNECTIONS.takenFromTheAddress)}
      {text('address', CONNECTIONS.address, 'mongodb+srv://cluster0.example.mongodb.net')}
      <div className="wm-form-row">
        {text('database', CONNECTIONS.database, 'waymark')}
        <label className="wm-field">
          <span>{WORDS.mapping}</span>
          <HTMLSelect
            fill
            aria-label={WORDS.mapping}
            value={form.mapping}
            onChange={(event) => set({ mapping: event.target.value })}
            options={[
              { value: '', label: CONNECTIONS.guessedFromTheData },
              ...Object.keys(MAPPING_PRESETS).map((value) => ({ value, label: value })),
              ...(form.ownMapping === null
                ? []
                : [{ value: OWN_MAPPING, label: CONNECTIONS.ownMapping(form.ownMapping.name) }]),
            ]}
          />
        </label>
      </div>
      <label className="wm-field">
        <span>{CONNECTIONS.login}</span>
        <HTMLSelect
          fill
          aria-label={CONNECTIONS.login}
          value={form.method}
          onChange={(event) => set({ method: event.target.value as ConnectionForm['method'], username: '' })}
          options={[
            { value: 'none', label: WORDS.none },
            { value: 'password', label: CONNECTIONS.userAndPassword },
            { value: 'x509', label: CONNECTIONS.x509Certificate },
          ]}
        />
      </label>
      {form.method === 'password' && (
        <>
          <div className="wm-form-row">
            {text('username', WORDS.user)}
            {text('password', CONNECTIONS.password, stored, 'password')}
          </div>
          {text('authSource', CONNECTIONS.loginDatabase, 'admin')}
          {!keychain.available && <p className="wm-caption wm-warn">{CONNECTIONS.noKeychain}</p>}
        </>
      )}
      <Checkbox
        checked={usesTls(form)}
        disabled={form.method === 'x509'}
        onChange={(event) => set({ tls: event.currentTarget.checked })}
      >
        {CONNECTIONS.ownTlsFiles}
      </Checkbox>
      {usesTls(form) && (
        <>
          {(
            [
              ['certificateAuthority', 'caFile', CONNECTIONS.certificateAuthority],
              ['clientCertificate', 'certificateKeyFile', CONNECTIONS.clientCertificateAndKey],
            ] as const
          ).map(([purpose, key, label]) => (
            <div key={key} className="wm-field">
              <span>{label}</span>
              <span className="wm-inline">
                <Button size="small" text={CONNECTIONS.choose} onClick={() => chooseFile(purpose, key)} />
                <span className="wm-cut wm-muted">{form[key] === '' ? WORDS.none : form[key]}</span>
              </span>
            </div>
          ))}
          {text('certificateKeyPassword', CONNECTIONS.passphraseOfTheKey, stored, 'password')}
        </>
      )}
      <Checkbox checked={form.readOnly} onChange={(event) => set({ readOnly: event.currentTarget.checked })}>
        {CONNECTIONS.readOnly}
      </Checkbox>
      <div className="wm-inline">
        <Button
          text={CONNECTIONS.test}
          loading={busy === 'test'}
          disabled={incomplete}
          onClick={() => void test()}
        />
        <Button text={WORDS.save} disabled={incomplete || busy !== null} onClick={() => void save(false)} />
        <Button
          type="submit"
          intent="primary"
          text={CONNECTIONS.saveAndConnect}
          loading={busy === 'save'}
          disabled={incomplete}
        />
      </div>
      {outcome && 'problem' in outcome && (
        <p className="wm-form-error" role="alert">
          {outcome.problem}
        </p>
      )}
      {outcome && 'test' in outcome && (
        <TestOutcome
          test={outcome.test}
          onUse={
            form.mapping === ''
              ? (mapping) => setForm({ ...form, mapping: OWN_MAPPING, ownMapping: mapping })
              : undefined
          }
        />
      )}
    </form>
  );
}
