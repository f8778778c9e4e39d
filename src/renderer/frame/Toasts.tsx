import { Button } from '@blueprintjs/core';
import { Cross } from '@blueprintjs/icons';
import { dismissToast, useToasts } from '../state/toast';
import { WORDS } from '../text/words';
import { FRAME } from '../text/frame';

/** Short messages with their undo, and the two voices of assistive technology. */
export function Toasts(): React.JSX.Element {
  const { toasts, polite, assertive } = useToasts();
  return (
    <>
      <div className="wm-toasts">
        {toasts.map(({ id, text, level, undo }) => (
          <div key={id} className={`wm-toast is-${level}`}>
            <span>{text}</span>
            {undo && (
              <Button
                size="small"
                text={WORDS.undo}
                onClick={() => {
                  undo();
                  dismissToast(id);
                }}
              />
            )}
            <Button
              size="small"
              variant="minimal"
              icon={<Cross size={12} />}
              aria-label={FRAME.dismiss}
              onClick={() => dismissToast(id)}
            />
          </div>
        ))}
      </div>
      <div className="wm-hidden" aria-live="polite">
        {polite}
      </div>
      <div className="wm-hidden" aria-live="assertive">
        {assertive}
      </div>
    </>
  );
}
