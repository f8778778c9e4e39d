import { useEffect, useState } from 'react';
import type { Suggestions } from '../../shared/ipc/inspection';
import { client } from '../client/client';
import { useWorkspace, workspaceKey } from '../state/workspace';

const NOTHING: Suggestions['suggestions'] = [];
const PAUSE_MS = 120;

function useAnswer(
  key: string,
  ask: (signal: AbortSignal) => Promise<Suggestions>,
): { readonly suggestions: Suggestions['suggestions']; readonly loading: boolean } {
  const [state, setState] = useState<{ key: string; suggestions: Suggestions['suggestions'] }>({
    key: '',
    suggestions: NOTHING,
  });
  useEffect(() => {
    if (key === '') return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      ask(controller.signal).then(
        ({ suggestions }) => {
          if (!controller.signal.aborted) setState({ key, suggestions });
        },
        // A picker without suggestions still takes what is typed.
        () => {
          if (!controller.signal.aborted) setState({ key, suggestions: NOTHING });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key holds everything that the effect reads
  }, [key]);
  return { suggestions: state.suggestions, loading: state.key !== key };
}

/** Event types that fit what is typed, most frequent first. */
export function useEventSuggestions(search: string): ReturnType<typeof useAnswer> {
  const data = useWorkspace(workspaceKey);
  return useAnswer(data === '' ? '' : `${data}|${search}`, (signal) =>
    client.call('suggest.events', { search, limit: 100 }, { signal }),
  );
}

/** Values of a field that fit what is typed, most frequent first; none without a field. */
export function useValueSuggestions(field: string | null, search: string): ReturnType<typeof useAnswer> {
  const data = useWorkspace(workspaceKey);
  return useAnswer(data === '' || field === null ? '' : `${data}|${field}|${search}`, (signal) =>
    client.call('suggest.values', { field: field ?? '', search, limit: 100 }, { signal }),
  );
}
