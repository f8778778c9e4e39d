import { Button } from '@blueprintjs/core';
import { Cross } from '@blueprintjs/icons';
import { useState } from 'react';
import { fromWallClock } from '../../shared/time/zones';
import { formatDateTime } from '../format/time';
import { newId, putItem, removeItem, useLibrary } from '../state/library';
import { showToast } from '../state/toast';
import { useZone } from '../state/zone';
import { Dialog } from './Dialog';
import { readDay, wallDay, writeDay } from './rangeText';
import { useNow } from './useNow';
import { WORDS } from '../text/words';
import { FRAME } from '../text/frame';

function Panel(): React.JSX.Element {
  const zone = useZone();
  const now = useNow();
  const annotations = useLibrary((state) => state.library.annotations);
  const [day, setDay] = useState(() => writeDay(wallDay(zone, now)));
  const [text, setText] = useState('');
  const wall = readDay(day, wallDay(zone, now));
  const ready = wall !== undefined && text.trim() !== '';
  const add = (): void => {
    if (wall === undefined || !ready) return;
    const at = new Date(fromWallClock(zone, wall)).toISOString();
    void putItem({ shelf: 'annotations', item: { id: newId(), at, text: text.trim() } });
    setText('');
  };
  const remove = (id: string): void => {
    const item = annotations.find((annotation) => annotation.id === id);
    if (!item) return;
    void removeItem('annotations', id).then((done) => {
      if (done)
        showToast(FRAME.annotationDeleted, { undo: () => void putItem({ shelf: 'annotations', item }) });
    });
  };
  return (
    <>
      <form
        className="wm-drawer-tools"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <input
          className="bp6-input"
          type="date"
          aria-label={WORDS.day}
          value={day}
          onChange={(event) => setDay(event.target.value)}
        />
        <input
          className="bp6-input"
          style={{ flex: 1 }}
          autoFocus
          aria-label={FRAME.noteText}
          placeholder={FRAME.whatHappened}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" intent="primary" text={WORDS.add} disabled={!ready} />
      </form>
      <ul className="wm-findings">
        {annotations.map((annotation) => (
          <li key={annotation.id}>
            <span aria-hidden>⚑</span>
            <span>
              {annotation.text} <span className="wm-muted">{formatDateTime(annotation.at, zone)}</span>
            </span>
            <Button
              size="small"
              variant="minimal"
              icon={<Cross size={12} />}
              aria-label={FRAME.deleteNote(annotation.text)}
              onClick={() => remove(annotation.id)}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

/** Notes on days, shown as flags on every time chart. */
export function AnnotationDialog(): React.JSX.Element {
  return (
    <Dialog overlay="annotations" title={WORDS.annotations} focusClose={false}>
      <Panel />
    </Dialog>
  );
}
