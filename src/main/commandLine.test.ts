import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from './commandLine';

describe('the command line of the app', () => {
  it('reads both ways to write an option among those of the runtime', () => {
    expect(
      readCommandLine(
        [
          'app',
          '--no-sandbox',
          '--uri',
          'mongodb://h:1',
          '--db=shop',
          '--inspect=0',
          '.',
          '--user-data-dir',
          '/d',
        ],
        {},
        '/home/ana',
      ),
    ).toEqual({ uri: 'mongodb://h:1', database: 'shop', userDataDir: '/d' });
  });

  it.each([
    ['/home/ana/Checkout.report.json', path.resolve('/home/ana/Checkout.report.json')],
    ['reports/Checkout.report.json', path.resolve('/home/ana/reports/Checkout.report.json')],
    [
      pathToFileURL('/home/ana/Über uns.report.json').href,
      fileURLToPath(pathToFileURL('/home/ana/Über uns.report.json')),
    ],
  ])('opens a report that the system passes bare: %s', (argument, report) => {
    expect(readCommandLine(['app', argument], {}, '/home/ana')).toEqual({ report });
  });

  it('prefers arguments to the environment and ignores empty values', () => {
    const environment = { WAYMARK_URI: 'mongodb://env:1', WAYMARK_DB: 'env' };
    expect(readCommandLine(['--uri', '--db', 'given'], environment, '/')).toEqual({
      uri: 'mongodb://env:1',
      database: 'given',
    });
    expect(readCommandLine(['--report='], { WAYMARK_URI: '' }, '/')).toEqual({});
  });
});
