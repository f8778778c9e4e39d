import { useEffect, useState } from 'react';
import type { Suggestions } from '../../shared/ipc/inspection';
import { client } from '../client/client';
import { useWorkspace, workspaceKey } from '../state/workspace';

const NOTHING: Suggestions['suggestions'] = [];
const PAUSE_MS = 120;

/** What a picker offers. */
export interface Offered {
  readonly suggestions: Suggestions['suggestions'];
  /** Nothing more will come for what is typed. */
  readonly isSettled: boolean;
}

/** Suggestions, and what they answer. */
interface Answered extends Suggestions {
  readonly key: string;
}

/** The first suggestions of what was asked lately: a picker that opens again has them at once. */
const lately = new Map<string, Answered>();
const KEPT = 50;

function keep(answer: Answered): void {
  lately.delete(answer.key);
  lately.set(answer.key, answer);
  for (const oldest of lately.keys()) {
    if (lately.size <= KEPT) break;
    lately.delete(oldest);
  }
}

/**
 * Suggestions that fit what is typed. All are asked for once, as soon as a picker opens; where they are few, that
 * was the only question, and the picker itself narrows them down. `of`: what they are of; empty for nothing.
 */
function useAnswer(
  of: string,
  search: string,
  ask: (search: string, signal: AbortSignal) => Promise<Suggestions>,
): Offered {
  const [first, setFirst] = useState<Answered | undefined>();
  const [narrowed, setNarrowed] = useState<Answered | undefined>();
  const known = first?.key === of ? first : lately.get(of);
  const key = of === '' || search === '' || !known || known.complete ? '' : `${of}|${search}`;
  useEffect(() => {
    if (of === '') return undefined;
    const controller = new AbortController();
    ask('', controller.signal).then(
      (found) => {
        if (controller.signal.aborted) return;
        keep({ ...found, key: of });
        setFirst({ ...found, key: of });
      },
      // A picker without suggestions still takes what is typed.
      () => {
        if (!controller.signal.aborted) setFirst({ key: of, suggestions: NOTHING, complete: false });
      },
    );
    return () => controller.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `of` names all that the question reads
  }, [of]);
  useEffect(() => {
    if (key === '') return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      ask(search, controller.signal).then(
        (found) => {
          if (!controller.signal.aborted) setNarrowed({ ...found, key });
        },
        () => {
          if (!controller.signal.aborted) setNarrowed({ key, suggestions: NOTHING, complete: false });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key holds everything that the effect reads
  }, [key]);
  if (of === '') return { suggestions: NOTHING, isSettled: true };
  // Until the narrower ones come, those that fit of what was there before.
  const isNarrowed = key !== '' && narrowed?.key.startsWith(`${of}|`) === true;
  return {
    suggestions: (isNarrowed ? narrowed : known)?.suggestions ?? NOTHING,
    isSettled: known !== undefined && (key === '' || narrowed?.key === key),
  };
}

/** Event types that fit what is typed, most frequent first. */
export function useEventSuggestions(search: string): Offered {
  const data = useWorkspace(workspaceKey);
  return useAnswer(data === '' ? '' : `${data}|events`, search, (text, signal) =>
    client.call('suggest.events', { search: text, limit: 100 }, { signal }),
  );
}

/** Values of a field that fit what is typed, most frequent first; none without a field. */
export function useValueSuggestions(field: string | null, search: string): Offered {
  const data = useWorkspace(workspaceKey);
  return useAnswer(data === '' || field === null ? '' : `${data}|values|${field}`, search, (text, signal) =>
    client.call('suggest.values', { field: field ?? '', search: text, limit: 100 }, { signal }),
  );
}
