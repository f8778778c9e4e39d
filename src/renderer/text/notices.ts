/** Words of notices. */
export const NOTICES = {
  savedTo: (path: string): string => `Saved to ${path}`,
  nothingToSave: 'This view has no report to save.',
  runSavedTo: (path: string): string => `Run saved to ${path}`,
  pinned: (title: string, name: string): string => `${title} is on ${name}.`,
} as const;
