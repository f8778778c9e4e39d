/** Places of the window that lie wholly outside what is seen of it. */
const unseen = new Set<string>();

const slots = new WeakMap<Element, string>();
let observer: IntersectionObserver | null = null;

/** Keeps it known whether an element, which shows a slot, is in sight. Returns how to stop that. */
export function watchSight(element: Element, slot: string): () => void {
  const watching = (observer ??= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const seen = slots.get(target);
      if (seen === undefined) continue;
      if (isIntersecting) unseen.delete(seen);
      else unseen.add(seen);
    }
  }));
  slots.set(element, slot);
  watching.observe(element);
  return () => {
    watching.unobserve(element);
    slots.delete(element);
    unseen.delete(slot);
  };
}

/** Whether a slot is in sight, at least in part; true of one that nothing is known of. */
export const isInSight = (slot: string): boolean => !unseen.has(slot);
