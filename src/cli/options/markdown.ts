import { compact } from '../../compact';
import { InvalidArgumentError, type Command as CommanderCommand } from 'commander';
import type { Plan } from '../../plan/plan';
import { COMMENT_LIMIT, planText, renderJson, renderMarkdown } from '../../app/render/plan';
import { atLeastOne } from './values';
import { paintFor, type Terminal } from '../terminal/terminal';

export interface MarkdownOptions {
  readonly maxLength?: number;
  readonly linkBase?: string;
}

export function addMarkdownOptions(command: CommanderCommand): CommanderCommand {
  return command
    .option(
      '--max-length <characters>',
      `with --format markdown: the longest comment (default: ${COMMENT_LIMIT}, GitHub's; GitLab takes 1000000)`,
      atLeastOne,
    )
    .option(
      '--link-base <url>',
      'with --format markdown: links each place, such as https://github.com/org/repo/blob/main',
      webUrl,
    );
}

/** @throws InvalidArgumentError */
function webUrl(value: string): string {
  if (!/^https?:\/\/[^\s"<>]+$/.test(value)) throw new InvalidArgumentError('It must start with https:// or http://.');
  return value;
}

export function showPlan(
  terminal: Terminal,
  plan: Plan,
  { format, maxLength, linkBase }: MarkdownOptions & { readonly format: string },
): void {
  const markdown: MarkdownOptions = compact({ maxLength: maxLength || undefined, linkBase });
  if (format === 'json') terminal.out(renderJson(plan));
  else if (format === 'markdown') terminal.out(renderMarkdown(plan, markdown));
  else terminal.out(planText(plan, paintFor(terminal.colour)));
}
