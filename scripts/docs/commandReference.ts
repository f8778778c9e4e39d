/** The reference of the command line, written from the definitions that parse it. */
import type { Command } from 'commander';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function section(command: Command, path: string): string[] {
  const visible = command.options.filter((option) => !option.hidden);
  const usage = [
    path,
    ...command.registeredArguments.map((argument) => {
      const label = `${argument.name().toUpperCase()}${argument.variadic ? '…' : ''}`;
      return argument.required ? label : `[${label}]`;
    }),
    ...(visible.length > 0 ? ['[options]'] : []),
  ].join(' ');
  const fallback = (value: unknown): string => (value === undefined ? '–' : `\`${String(value)}\``);
  return [
    `## ${path}`,
    '',
    `${command.description().replace(/\.?$/, '.')}`,
    '',
    '```text',
    usage,
    '```',
    ...(command.registeredArguments.length === 0
      ? []
      : [
          '',
          '| argument | |',
          '| --- | --- |',
          ...command.registeredArguments.map((argument) => {
            const choices = argument.argChoices ? ` (${argument.argChoices.join(' · ')})` : '';
            return `| \`${argument.name().toUpperCase()}\` | ${cell(argument.description + choices)} |`;
          }),
        ]),
    ...(visible.length === 0
      ? []
      : [
          '',
          '| option | | default |',
          '| --- | --- | --- |',
          ...visible.map((option) => {
            const choices = option.argChoices ? ` (${option.argChoices.join(' · ')})` : '';
            const environment = option.envVar ? `; also \`${option.envVar}\`` : '';
            return `| \`${cell(option.flags)}\` | ${cell(option.description + choices)}${environment} | ${fallback(option.defaultValue)} |`;
          }),
        ]),
    '',
    ...command.commands.flatMap((inner) => section(inner, `${path} ${inner.name()}`)),
  ];
}

/** The whole page, as Markdown. */
export function writeCommandReference(program: Command): string {
  return [
    '# The command line: every option',
    '',
    '<!-- Written by `npm run docs` from src/cli; changes belong there. -->',
    '',
    `What the commands are for is told in [reports.md](../reports.md#the-command-line). Exit codes: 0 done, 1 failed while running, 2 bad input.`,
    '',
    ...program.commands.flatMap((command) => section(command, `waymark ${command.name()}`)),
  ].join('\n');
}
