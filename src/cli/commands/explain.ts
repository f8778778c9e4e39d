import { Option, type Command } from 'commander';
import { explainReport, type Explanation } from '../../analytics/engine/explainReport';
import { withOpenSource, withSource, type ConnectionOptions } from '../connection';
import type { ExitCode } from '../exit';
import { showCount } from '../output/numbers';
import { describeProgress, ProgressLine } from '../progress';
import { readReport } from '../readReports';
import { write, type Terminal } from '../terminal';

interface ExplainOptions extends ConnectionOptions {
  readonly format: 'text' | 'json';
}

/** The pipelines as they paste into mongosh, each below what it is for and what its plan says. */
function drawExplanation({ definition, pipelines }: Explanation): string {
  const rules = definition.map((sentence) => `// ${sentence}`).join('\n');
  const parts = pipelines.map(({ purpose, collection, times, mongosh, plan }) => {
    const often = times === 1 ? '' : `, ran ${times} times with other values`;
    const figures =
      plan === null
        ? ['// plan: the server does not tell it']
        : [
            `// plan: ${plan.stages.join(' ← ')}; index: ${plan.index ?? 'none, the whole collection is read'}`,
            `// keys examined: ${showCount(plan.keysExamined)}, documents examined: ${showCount(plan.documentsExamined)}, returned: ${showCount(plan.documentsReturned)}, ${showCount(plan.executionMs)} ms`,
          ];
    return [`// ${purpose} (${collection}${often})`, ...figures, mongosh].join('\n');
  });
  return `${[rules, ...parts].join('\n\n')}\n`;
}

async function explain(file: string, options: ExplainOptions, terminal: Terminal): Promise<ExitCode> {
  const report = await readReport(file);
  const line = new ProgressLine(terminal);
  const explanation = await withOpenSource(options, terminal, async (source) => {
    try {
      return await explainReport({
        report,
        source,
        now: terminal.now(),
        signal: terminal.signal,
        onProgress: (progress) => line.show(describeProgress(progress)),
      });
    } finally {
      line.clear();
    }
  });
  await write(
    terminal.stdout,
    options.format === 'json' ? `${JSON.stringify(explanation, null, 2)}\n` : drawExplanation(explanation),
  );
  return 0;
}

/** `waymark explain`: the pipelines a report runs, and what the server makes of them. */
export function addExplain(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  withSource(
    program
      .command('explain')
      .description('Show the aggregation pipelines a report runs and the figures of their plans')
      .argument('<file>', 'a report file; - reads standard input'),
  )
    .addOption(new Option('--format <name>', 'how it is written').choices(['text', 'json']).default('text'))
    .action(async (file: string, options: ExplainOptions) => {
      finish(await explain(file, options, terminal));
    });
}
