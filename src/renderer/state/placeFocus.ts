import { giveFocus } from './focusReturn';
import { usePlace } from './place';

/** Gives every view that is opened the focus it had, else its heading; returns the way to stop. */
export function followFocus(): () => void {
  let wait = (): void => undefined;
  let frame = 0;
  const stop = usePlace.subscribe(({ history: { present } }, { history: { present: before } }) => {
    if (present.view === before.view && present.userId === before.userId) return;
    wait();
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      wait = giveFocus(present);
    });
  });
  return () => {
    wait();
    cancelAnimationFrame(frame);
    stop();
  };
}
