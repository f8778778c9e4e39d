import { describe, expect, it } from 'vitest';
import type { CallMessage, EventMessage, ProgressMessage, Reply, WaymarkBridge } from './bridge';
import { createClient } from './client';

/** The other side of the bridge, under the test's control. */
function createOtherSide() {
  const calls: CallMessage[] = [];
  const cancelled: string[] = [];
  const answers: ((reply: Reply) => void)[] = [];
  let tellProgress: (message: ProgressMessage) => void = () => undefined;
  let tellEvent: (message: EventMessage) => void = () => undefined;
  const bridge = {
    call: (message: CallMessage) => {
      calls.push(message);
      return new Promise<Reply>((resolve) => answers.push(resolve));
    },
    cancel: (id: string) => cancelled.push(id),
    onProgress: (listener: typeof tellProgress) => {
      tellProgress = listener;
      return () => undefined;
    },
    onEvent: (listener: typeof tellEvent) => {
      tellEvent = listener;
      return () => undefined;
    },
  } as unknown as WaymarkBridge;
  return {
    bridge,
    calls,
    cancelled,
    answer: (index: number, reply: unknown) => answers[index]?.(reply as Reply),
    progress: (message: unknown) => tellProgress(message as ProgressMessage),
    event: (message: EventMessage) => tellEvent(message),
  };
}

const report = {
  version: 1,
  kind: 'kpis',
  range: { last: '7d', timezone: 'UTC', weekStart: 'monday' },
} as const;

describe('the window’s client', () => {
  it('gives each call its own id and answers it with its own reply', async () => {
    const other = createOtherSide();
    const client = createClient(other.bridge);
    const first = client.call('library.get');
    const second = client.call('library.get');
    expect(other.calls[0]?.id).not.toBe(other.calls[1]?.id);
    expect(other.calls[0]?.request).toEqual({});
    other.answer(1, { ok: true, value: { dashboards: [], segments: [{ id: 'b' }], annotations: [] } });
    other.answer(0, { ok: true, value: { dashboards: [], segments: [{ id: 'a' }], annotations: [] } });
    expect((await first).segments[0]?.id).toBe('a');
    expect((await second).segments[0]?.id).toBe('b');
  });

  it('rejects with the code, sentence and path of the other side', async () => {
    const other = createOtherSide();
    const running = createClient(other.bridge).call('report.run', { report });
    other.answer(0, { ok: false, error: { code: 'badReport', message: 'No.', path: 'range.last' } });
    await expect(running).rejects.toMatchObject({ code: 'badReport', message: 'No.', path: 'range.last' });
  });

  it('cancels the call that its signal belongs to, even when an answer comes after all', async () => {
    const other = createOtherSide();
    const abort = new AbortController();
    const running = createClient(other.bridge).call('report.run', { report }, { signal: abort.signal });
    abort.abort();
    expect(other.cancelled).toEqual([other.calls[0]?.id]);
    other.answer(0, { ok: true, value: { kind: 'kpis' } });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('sends nothing when the signal was aborted before', async () => {
    const other = createOtherSide();
    const running = createClient(other.bridge).call(
      'report.run',
      { report },
      { signal: AbortSignal.abort() },
    );
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(other.calls).toHaveLength(0);
  });

  it('tells progress to its own call and no longer once it is answered', async () => {
    const other = createOtherSide();
    const heard: unknown[] = [];
    const running = createClient(other.bridge).call(
      'report.run',
      { report },
      { onProgress: (progress) => heard.push(progress) },
    );
    const id = other.calls[0]?.id;
    other.progress({ id, progress: { phase: 'reading' } });
    other.progress({ id: 'another', progress: { phase: 'elsewhere' } });
    other.answer(0, { ok: true, value: { kind: 'kpis' } });
    await running;
    other.progress({ id, progress: { phase: 'late' } });
    expect(heard).toEqual([{ phase: 'reading' }]);
  });

  it('tells events to those who listen, until they stop', () => {
    const other = createOtherSide();
    const heard: boolean[] = [];
    const stop = createClient(other.bridge).on('theme.changed', ({ dark }) => heard.push(dark));
    other.event({ name: 'theme.changed', payload: { dark: true } });
    stop();
    other.event({ name: 'theme.changed', payload: { dark: false } });
    expect(heard).toEqual([true]);
  });
});
