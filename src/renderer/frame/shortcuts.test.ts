import { describe, expect, it, vi } from 'vitest';

vi.hoisted(() => {
  const style = { getPropertyValue: () => '' };
  const bridge = {
    call: () => new Promise(() => undefined),
    cancel: () => undefined,
    onProgress: () => () => undefined,
    onEvent: () => () => undefined,
  };
  Object.assign(globalThis, {
    window: { waymark: bridge },
    document: { body: { classList: { contains: () => false } } },
    getComputedStyle: () => style,
  });
});
const { readKey } = await import('./shortcuts');

const press = (key: string, part: Partial<Parameters<typeof readKey>[0]> = {}) =>
  readKey({ key, ctrl: false, alt: false, shift: false, typing: false, ...part });

describe('keys', () => {
  it('single letters act outside fields only', () => {
    expect(press('f')).toBe('filter');
    expect(press('f', { typing: true })).toBeUndefined();
  });
  it('Ctrl acts in fields too, except for undo', () => {
    expect(press('k', { ctrl: true, typing: true })).toBe('palette');
    expect(press('z', { ctrl: true, typing: true })).toBeUndefined();
    expect(press('N', { ctrl: true, shift: true })).toBe('newWindow');
    expect(press('5', { ctrl: true })).toEqual({ view: 'users' });
  });
  it('Alt and arrows go back and forward', () => {
    expect(press('ArrowLeft', { alt: true })).toBe('back');
    expect(press('ArrowLeft')).toBeUndefined();
  });
});
