import { commandLine, type StackInvocations } from './command-lines';

/**
 * What to do about a state that another Terraform holds, in words; undefined where that is not why it failed.
 * @param lines the last ones that Terraform printed
 */
export function explainStateLock(
  lines: readonly string[],
  stack: string,
  { unlock }: Pick<StackInvocations, 'unlock'>,
): string | undefined {
  const text = lines.join('\n');
  if (!text.includes('Error acquiring the state lock')) return undefined;
  const of = (key: string): string | undefined => new RegExp(`\\b${key}:\\s+(\\S.*?)\\s*$`, 'm').exec(text)?.[1];
  const [id, who, created] = [of('ID'), of('Who'), of('Created')];
  const holder = `${who ?? 'another Terraform'}${created === undefined ? '' : ` since ${created.slice(0, 16)} UTC`}`;
  const otherwise = id === undefined ? '' : `; if that run is gone: ${commandLine(unlock(id))}`;
  return `the state of ${stack} is locked by ${holder}: wait for its end${otherwise}`;
}
