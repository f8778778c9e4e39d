import type { WebContents, WebFrameMain } from 'electron';
import { APP_ORIGIN } from './appScheme';

/** The parts of an IPC event that tell who sent it. */
export interface SenderEvent {
  readonly sender: WebContents;
  readonly senderFrame: WebFrameMain | null;
}

/** Whether a message comes from the main frame of a page of this app, and not from another origin or a sub-frame. */
export function isTrustedSender({ sender, senderFrame }: SenderEvent): boolean {
  if (sender.isDestroyed() || !senderFrame || senderFrame.parent !== null) return false;
  try {
    const url = new URL(senderFrame.url);
    return `${url.protocol}//${url.host}` === APP_ORIGIN;
  } catch {
    return false;
  }
}
