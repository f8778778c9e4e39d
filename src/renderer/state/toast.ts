import { create } from 'zustand';

/** A short message at the bottom; with `undo`, the way to take back what it reports. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly level: 'info' | 'warning' | 'problem';
  readonly undo?: () => void;
}

interface ToastState {
  readonly toasts: readonly Toast[];
  /** What assistive technology is to say, politely and at once. */
  readonly polite: string;
  readonly assertive: string;
}

export const useToasts = create<ToastState>(() => ({ toasts: [], polite: '', assertive: '' }));

const SHOWN_MS = 8_000;
const PROBLEM_MS = 20_000;
let ids = 0;

/** Takes a message away. */
export function dismissToast(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}

/** Shows a message for a few seconds, a problem for longer. */
export function showToast(text: string, options: { level?: Toast['level']; undo?: () => void } = {}): void {
  const id = (ids += 1);
  const toast: Toast = {
    id,
    text,
    level: options.level ?? 'info',
    ...(options.undo ? { undo: options.undo } : {}),
  };
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.slice(-2), toast] }));
  announce(text, toast.level === 'problem');
  setTimeout(() => dismissToast(id), toast.level === 'problem' ? PROBLEM_MS : SHOWN_MS);
}

/** Lets assistive technology say a sentence. */
export function announce(text: string, urgent = false): void {
  useToasts.setState(urgent ? { assertive: text } : { polite: text });
}

/** Undoes the latest message that can be undone. */
export function undoLatest(): void {
  const latest = [...useToasts.getState().toasts].reverse().find((toast) => toast.undo);
  if (!latest) return;
  latest.undo?.();
  dismissToast(latest.id);
}
