import { useEffect, useState } from 'react';
import type { RequestInput, ResponseOf } from '../../../shared/ipc/contract';
import { client } from '../../client/client';
import { useWorkspace, workspaceKey } from '../../state/workspace';

type InspectChannel =
  | 'inspect.events'
  | 'inspect.properties'
  | 'inspect.quality'
  | 'inspect.indexes'
  | 'inspect.mapping'
  | 'columns.status';

export interface Inspection<T> {
  readonly answer: T | null;
  readonly problem: string | null;
  readonly loading: boolean;
  /** Looks again, past what is remembered. */
  readonly again: () => void;
}

/** Asks what a database holds; the latest answer stays while the next one loads. */
export function useInspection<C extends InspectChannel>(
  channel: C,
  request: RequestInput<C>,
): Inspection<ResponseOf<C>> {
  const data = useWorkspace(workspaceKey);
  const [attempt, setAttempt] = useState(0);
  const key = `${data}|${channel}|${JSON.stringify(request)}|${attempt}`;
  const [state, setState] = useState<{ key: string; answer: ResponseOf<C> | null; problem: string | null }>({
    key: '',
    answer: null,
    problem: null,
  });
  useEffect(() => {
    if (data === '') return undefined;
    const controller = new AbortController();
    const ask = { ...request, ...(attempt > 0 ? { fresh: true } : {}) } as RequestInput<C>;
    const call = client.call as (
      channel: C,
      request: RequestInput<C>,
      options: { signal: AbortSignal },
    ) => Promise<ResponseOf<C>>;
    call(channel, ask, { signal: controller.signal }).then(
      (answer) => {
        if (!controller.signal.aborted) setState({ key, answer, problem: null });
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        const problem = error instanceof Error ? error.message : String(error);
        setState((old) => ({ key, answer: old.answer, problem }));
      },
    );
    return () => controller.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key holds everything that the effect reads
  }, [key]);
  return {
    answer: state.answer,
    problem: state.key === key ? state.problem : null,
    loading: state.key !== key,
    again: () => setAttempt((old) => old + 1),
  };
}
