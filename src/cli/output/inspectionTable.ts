import type { DoctorCheck } from '../../analytics/inspect/doctor';
import type {
  EventCatalogue,
  IndexReport,
  MappingReport,
  PropertyCatalogue,
  QualityFindings,
} from '../../shared/ipc/inspection';
import { drawGrid, left, right } from './grid';
import { showBytes, showCount, showRate, showText } from './numbers';

export function drawEvents({ events }: EventCatalogue): string {
  return drawGrid(
    [left('event'), right('count'), left('first seen'), left('last seen')],
    events.map((row) => [row.event, showCount(row.count), showText(row.firstSeen), showText(row.lastSeen)]),
  );
}

export function drawProperties({ properties, sampled }: PropertyCatalogue): string {
  const table = drawGrid(
    [left('field'), left('types'), right('in events'), left('examples')],
    properties.map((row) => [row.field, row.types.join(', '), showRate(row.share), row.examples.join(' | ')]),
  );
  return `${showCount(sampled)} events\n\n${table}`;
}

export function drawMapping(mapping: MappingReport): string {
  const table = drawGrid(
    [left('field'), left('read from'), left('example')],
    mapping.fields.map((row) => [row.field, row.source, showText(row.example)]),
  );
  return [
    `${mapping.name}: ${mapping.reason}\n`,
    table,
    `page views: ${mapping.roles.pageViews.join(', ')}`,
    `purchases:  ${mapping.roles.purchases.join(', ')}\n`,
  ].join('\n');
}

export function drawIndexes({ indexes }: IndexReport): string {
  const table = drawGrid(
    [left('collection'), left('index'), left('state'), right('size'), left('for')],
    indexes.map((row) => [
      row.collection,
      row.key,
      row.state,
      `${row.state === 'advised' && row.bytes !== null ? '~' : ''}${showBytes(row.bytes)}`,
      showText(row.reason),
    ]),
  );
  const commands = indexes.flatMap(({ command }) => (command === null ? [] : [command]));
  return commands.length === 0 ? table : `${table}\nTo create what is missing:\n${commands.join('\n')}\n`;
}

export function drawQuality({ findings }: QualityFindings): string {
  if (findings.length === 0) return 'Nothing found.\n';
  return findings
    .map(({ severity, code, text, example }) => {
      const shown = example === undefined ? '' : `\n  example: ${example}`;
      return `${severity}  ${code}\n  ${text}${shown}\n`;
    })
    .join('\n');
}

const MARKS: Readonly<Record<DoctorCheck['state'], string>> = {
  good: 'good   ',
  advice: 'advice ',
  problem: 'problem',
};

export function drawDoctor(checks: readonly DoctorCheck[]): string {
  return checks
    .map(({ name, state, text, fix }) => {
      const indent = ' '.repeat(20);
      const shown = fix === undefined ? '' : `\n${indent}→ ${fix.split('\n').join(`\n${indent}  `)}`;
      return `${MARKS[state]}  ${name.padEnd(10)} ${text}${shown}\n`;
    })
    .join('');
}
