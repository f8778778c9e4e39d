import { Argument, Option, type Command } from 'commander';
import { catalogueEvents } from '../../analytics/inspect/events';
import { adviseIndexes } from '../../analytics/inspect/indexes';
import { describeGuess, describeMapping } from '../../analytics/inspect/mapping';
import { catalogueProperties } from '../../analytics/inspect/properties';
import { findQualityIssues } from '../../analytics/inspect/quality';
import type { InspectRequest } from '../../analytics/inspect/request';
import type { Source } from '../../analytics/source/source';
import { withOpenSource, withSource, type ConnectionOptions } from '../connection';
import type { ExitCode } from '../exit';
import { drawEvents, drawIndexes, drawMapping, drawProperties, drawQuality } from '../output/inspectionTable';
import { describeProgress, ProgressLine } from '../progress';
import { openResultSink } from '../resultSink';
import type { Terminal } from '../terminal';

interface InspectOptions extends ConnectionOptions {
  readonly format: 'table' | 'json';
  readonly event?: string;
  readonly out?: string;
}

/** What can be inspected: how it is found out, and how it is shown. */
const SUBJECTS = {
  events: async (request: InspectRequest) => {
    const found = await catalogueEvents(request);
    return { found, draw: () => drawEvents(found) };
  },
  properties: async (request: InspectRequest, event: string | undefined) => {
    const found = await catalogueProperties({ ...request, event });
    return { found, draw: () => drawProperties(found) };
  },
  mapping: async (request: InspectRequest, _event: string | undefined, isNamed: boolean) => {
    const found = isNamed ? await describeMapping(request) : await describeGuess(request);
    return { found, draw: () => drawMapping(found) };
  },
  indexes: async (request: InspectRequest) => {
    const found = await adviseIndexes(request);
    return { found, draw: () => drawIndexes(found) };
  },
  quality: async (request: InspectRequest) => {
    const found = await findQualityIssues(request);
    return { found, draw: () => drawQuality(found) };
  },
};
type Subject = keyof typeof SUBJECTS;
const SUBJECT_NAMES = Object.keys(SUBJECTS) as Subject[];

async function inspect(subject: Subject, options: InspectOptions, terminal: Terminal): Promise<ExitCode> {
  const line = new ProgressLine(terminal);
  const isNamed = options.mapping !== undefined;
  const look = async (source: Source): Promise<{ found: unknown; draw: () => string }> => {
    try {
      const request: InspectRequest = {
        source,
        now: terminal.now(),
        signal: terminal.signal,
        onProgress: (progress) => line.show(describeProgress(progress)),
      };
      return await SUBJECTS[subject](request, options.event, isNamed);
    } finally {
      line.clear();
    }
  };
  const isGuess = subject === 'mapping' && !isNamed;
  const { found, draw } = await withOpenSource(options, terminal, look, isGuess);
  const sink = await openResultSink(options.out, terminal);
  await sink.write(options.format === 'json' ? `${JSON.stringify(found, null, 2)}\n` : draw());
  await sink.close();
  return 0;
}

/** `waymark inspect`: what the data is like. */
export function addInspect(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  withSource(
    program
      .command('inspect')
      .description('Show what the data is like: events, properties, mapping, indexes, quality')
      .addArgument(new Argument('<subject>', 'what to look at').choices(SUBJECT_NAMES)),
  )
    .addOption(new Option('--format <name>', 'how it is written').choices(['table', 'json']).default('table'))
    .option('--event <type>', 'properties of this event only')
    .option('--out <file>', 'write there instead of standard output')
    .action(async (subject: Subject, options: InspectOptions) => {
      finish(await inspect(subject, options, terminal));
    });
}
