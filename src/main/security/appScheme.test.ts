import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

// Electron's module exists only inside Electron; the function under test does not use it.
vi.mock('electron', () => ({ protocol: {} }));
const { answerFromFolder, CONTENT_SECURITY_POLICY } = await import('./appScheme');

let folder = '';
beforeAll(() => {
  const parent = mkdtempSync(path.join(tmpdir(), 'waymark-scheme-'));
  folder = path.join(parent, 'renderer');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(path.join(folder, 'index.exe'), 'MZ');
  writeFileSync(path.join(parent, 'secret.json'), '{}');
  mkdirSync(path.join(parent, 'renderer-next'));
  writeFileSync(path.join(parent, 'renderer-next', 'x.js'), '');
});
afterAll(() => rmSync(path.dirname(folder), { recursive: true }));

describe('the app’s scheme', () => {
  it('serves the page with the policy', async () => {
    const answer = await answerFromFolder(folder, 'waymark://app/');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-security-policy']).toBe(CONTENT_SECURITY_POLICY);
    expect(CONTENT_SECURITY_POLICY).not.toContain('unsafe-eval');
    expect(CONTENT_SECURITY_POLICY).toMatch(/script-src 'self'(;|$)/);
  });

  it.each([
    'waymark://app/../secret.json',
    'waymark://app/..%2fsecret.json',
    'waymark://app/%2e%2e%2fsecret.json',
    'waymark://app/..%5csecret.json',
    'waymark://app/..%2frenderer-next%2fx.js',
    'waymark://app/%00.js',
    'waymark://app/%',
    'waymark://other/index.html',
    'waymark://app/missing.js',
    'waymark://app/index.exe',
  ])('answers %s with a refusal', async (address) => {
    const { status } = await answerFromFolder(folder, address);
    expect(status).toBeGreaterThanOrEqual(400);
  });
});
