const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** A title as a file name every system accepts: no separators, control characters or reserved names. */
export function suggestFileName(title: string, extension: string): string {
  const clean = title
    .replace(/[\\/:*?"<>|\u0000-\u001f\u007f]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 120);
  const base = clean === '' || RESERVED.test(clean) ? 'Waymark' : clean;
  return base.endsWith(extension) ? base : `${base}${extension}`;
}
