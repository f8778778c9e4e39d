import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchApp, type RunningApp } from './harness/app';
import { writeCertificates, type CertificateFiles } from './harness/certificates';
import { goTo } from './harness/scenes';
import { startLockedMongo, type LockedMongo } from './harness/lockedMongo';
import { fillShop } from './harness/shop';

const folder = mkdtempSync(path.join(tmpdir(), 'waymark-tls-'));
let files: CertificateFiles;
let mongo: LockedMongo;
let app: RunningApp;

beforeAll(async () => {
  files = writeCertificates(folder);
  mongo = await startLockedMongo(undefined, files);
  await fillShop({ uri: mongo.adminUri, database: 'shop', events: 200 });
  app = await launchApp();
});
afterAll(async () => {
  await app.close();
  await mongo.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const form = (): Locator => app.window.getByRole('form', { name: 'New connection' });

/** Fills in what every connection of these tests has. */
async function begin(): Promise<void> {
  const { window } = app;
  await goTo(window, 'Settings'); // a form of another test is left
  await goTo(window, 'Connections');
  await window.getByRole('button', { name: 'Add', exact: true }).click();
  await form().getByLabel('Address').fill(`127.0.0.1:${mongo.port}`);
  await form().getByLabel('Database', { exact: true }).fill('shop');
}

/** Chooses a file as a person would in the dialog of the system. */
async function choose(index: number, file: string): Promise<void> {
  await app.electron.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, file);
  await form().getByRole('button', { name: 'Choose…' }).nth(index).click();
  await form().getByText(file).waitFor();
}

describe('a server that speaks nothing but TLS', () => {
  it('is refused in a sentence as long as its authority is not known', async () => {
    await begin();
    await form().getByText('TLS with own files').click();
    await form().getByRole('button', { name: 'Test', exact: true }).click();
    await form().getByRole('alert').waitFor();
    expect(await form().getByRole('alert').innerText()).toMatch(/certificate/i);
  });

  it('opens with its authority’s file, a user and a password', async () => {
    await begin();
    await form().getByLabel('Login', { exact: true }).selectOption('password');
    await form().getByLabel('User', { exact: true }).fill(mongo.user);
    await form().getByLabel('Password', { exact: true }).fill(mongo.password);
    await form().getByText('TLS with own files').click();
    await choose(0, files.ca);
    await form().getByRole('button', { name: 'Test', exact: true }).click();
    const found = app.window.getByRole('status', { name: 'Test' });
    await found.waitFor();
    expect(await found.innerText()).toContain('Rights\nread');
  });

  it('opens by an X.509 certificate, without any password', async () => {
    const { window } = app;
    await begin();
    await form().getByLabel('Name', { exact: true }).fill('By certificate');
    await form().getByLabel('Login', { exact: true }).selectOption('x509');
    await choose(0, files.ca);
    await choose(1, files.client);
    await form().getByRole('button', { name: 'Save and connect' }).click();
    await window.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    const { connections } = await app.call('connections.list', {});
    expect(connections.find(({ name }) => name === 'By certificate')).toMatchObject({ secret: 'none' });
    const status = await app.call('workspace.status', {});
    expect(status).toMatchObject({ state: 'open', database: 'shop' });
    const range = { from: '2026-06-01', to: '2026-06-28' };
    const { data } = await app.call('report.run', { report: { version: 1, kind: 'kpis', range } as never });
    expect((data as { events: number }).events).toBeGreaterThan(10);
  });
});
