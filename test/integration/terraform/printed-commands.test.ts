import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stackInvocations } from '../../../src/app/up/steps';
import { BINARY } from './terraform';

const ROOT = resolve(__dirname, '../../..');

/** `terraform plan -out=plan.bin`, from every guide, the README and the messages of `up`. */
function printed(): string[] {
  const guides = readdirSync(join(ROOT, 'docs/guides')).filter((name) => name.endsWith('.md'));
  const files = ['README.md', ...guides.map((name) => `docs/guides/${name}`)];
  const texts = files.map((file) => readFileSync(join(ROOT, file), 'utf8'));
  const found = texts.flatMap((text) =>
    [...text.matchAll(/(?<![\w/.-])terraform ((?:-chdir=\S+ )?[a-z]+(?:[ \t]+[^\s`|#>&;'")]+)*)/g)].map(
      ([, words]) => words!,
    ),
  );
  return [...new Set(found)].filter((words) => SUBCOMMANDS.has(subcommandOf(words))).sort();
}

const SUBCOMMANDS = new Set(
  'apply console destroy fmt force-unlock get graph import init metadata modules output plan providers refresh show state taint test untaint validate version workspace'.split(
    ' ',
  ),
);

function subcommandOf(words: string): string {
  return words.replace(/^-chdir=\S+ /, '').split(/\s+/)[0]!;
}

/** Those that `up` starts itself. */
function started(): string[] {
  const deployment = { name: 'prod' } as Parameters<typeof stackInvocations>[0];
  return [false, true].flatMap((destroy) => {
    const { init, plan, show, showText, apply, untaint, unlock } = stackInvocations(deployment, 'harbor', destroy, {
      terraform: 'terraform',
      synth: 'main.js',
    });
    return [init, plan, show, showText, apply, untaint('docker_container.core'), unlock('2f9a1b7e')].map(({ args }) =>
      args.join(' '),
    );
  });
}

function helpOf(words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(BINARY, [...words, '-help'], { encoding: 'utf8' });
  expect([0, 127]).toContain(status);
  return `${stdout}${stderr}`;
}

const hasTerraform = spawnSync(BINARY, ['version']).status === 0;
if (!hasTerraform) process.stderr.write(`skipped: printed commands of Terraform: ${BINARY} is not on the PATH\n`);

(hasTerraform ? describe : describe.skip)('what is printed of Terraform', () => {
  it.each([...new Set([...printed(), ...started()])])('terraform %s has a subcommand and flags that exist', (words) => {
    const [command = '', ...rest] = words.replace(/^-chdir=\S+ /, '').split(/\s+/);
    const nested =
      command === 'state' || command === 'providers' ? rest.filter((word) => /^[a-z]+$/.test(word)).slice(0, 1) : [];
    // They take the flags of plan as well, and their own help only says so.
    const more = command === 'apply' || command === 'destroy' ? helpOf(['plan']) : '';
    const help = helpOf([command, ...nested]) + more;
    expect(help).toMatch(new RegExp(`${BINARY}.* ${command}`));
    for (const flag of rest.filter((word) => /^-[a-z]/.test(word)))
      expect(help).toMatch(new RegExp(`(^|\\s)${flag.split('=')[0]!}\\b`, 'm'));
  });

  it('reads those of the guides', () => {
    expect(printed().map(subcommandOf)).toEqual(expect.arrayContaining(['untaint', 'init', 'apply', 'state']));
  });
});
