import { expect, test } from 'vitest';
import { SharedWork } from './sharedWork';

test('those who wait for the same get it, and who leaves takes it from nobody', async () => {
  let finish = (): void => undefined;
  let given: AbortSignal | undefined;
  const work = new SharedWork((signal) => {
    given = signal;
    return new Promise<string>((resolve) => (finish = () => resolve('done')));
  });
  const impatient = new AbortController();
  const [left, stays] = [work.wait(impatient.signal), work.wait()];
  impatient.abort();
  await expect(left).rejects.toMatchObject({ code: 'cancelled' });
  expect(given?.aborted).toBe(false);
  finish();
  await expect(stays).resolves.toBe('done');
});

test('it is given up when nobody waits any more', async () => {
  const work = new SharedWork(
    (signal) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('stopped')));
      }),
  );
  const controls = [new AbortController(), new AbortController()];
  const waits = controls.map(({ signal }) => work.wait(signal));
  for (const control of controls) control.abort();
  for (const wait of waits) await expect(wait).rejects.toMatchObject({ code: 'cancelled' });
  expect(work.isGivenUp).toBe(true);
});
