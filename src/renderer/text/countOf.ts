/** A number as it is shown, with what it counts: "1 event", "2,000 events". */
export const countOf = (shown: string, one: string): string => `${shown} ${one}${shown === '1' ? '' : 's'}`;
