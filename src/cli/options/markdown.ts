import { InvalidArgumentError, type Command as CommanderCommand } from 'commander';
import { COMMENT_LIMIT, type MarkdownOptions } from '../../app/render/plan';
import { addFormatOption } from './declaration';
import { addExplainOption } from './planning';
import { atLeastOne } from './values';

/** The options have the names of the fields, so that they can be passed on. */
export type { MarkdownOptions };

/** How a plan is shown: format, reasons, and the limits of a comment. */
export function addShowOptions(command: CommanderCommand): CommanderCommand {
  return addExplainOption(addFormatOption(command, 'text', 'json', 'markdown', 'sarif'))
    .option(
      '--max-length <characters>',
      `with --format markdown: maximum length of the comment (default: ${COMMENT_LIMIT}, GitHub's limit; GitLab accepts 1000000)`,
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
