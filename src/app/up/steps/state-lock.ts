import { shellWord } from './command-lines';

/**
 * What to do about a state that another Terraform holds, in words; undefined where that is not why it failed.
 * @param lines the last ones that Terraform printed
 */
export function explainStateLock(lines: readonly string[], stack: string, environment: string): string | undefined {
  const text = lines.join('\n');
  if (!text.includes('Error acquiring the state lock')) return undefined;
  const of = (key: string): string | undefined => new RegExp(`\\b${key}:\\s+(\\S.*?)\\s*$`, 'm').exec(text)?.[1];
  const [id, who, created] = [of('ID'), of('Who'), of('Created')];
  const holder = `${who ?? 'another Terraform'}${created === undefined ? '' : ` since ${created.slice(0, 16)} UTC`}`;
  const unlock =
    id === undefined
      ? ''
      : `; if that run is gone: TF_DATA_DIR=.terraform-${shellWord(environment)} terraform ` +
        `-chdir=cdktf.out/stacks/${stack} force-unlock ${shellWord(id)}`;
  return `the state of ${stack} is locked by ${holder}: wait for its end${unlock}`;
}
