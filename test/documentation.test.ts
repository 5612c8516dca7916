import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommanderError, Command as CommanderCommand } from 'commander';
import { commands } from '../src/cli/commands';
import { ExitCode } from '../src/cli/exit-code';
import { addCommonOptions } from '../src/cli/run';
import { cli } from './support/cli';

const ROOT = resolve(__dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const filesOf = (...patterns: string[]): string[] =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--deduplicate', '--', ...patterns], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .trim()
    .split('\n')
    .filter((file) => existsSync(join(ROOT, file)));

describe('docs/harbor-behavior.md', () => {
  const FACT = /^- \*\*(\d+\.\d+)\*\* (.*)$/gm;
  const facts = [...read('docs/harbor-behavior.md').matchAll(FACT)].map((match) => ({
    number: match[1]!,
    text: match[2]!,
  }));
  const sources = filesOf('src', 'test', 'stacks', 'ansible', 'scripts', 'docs', ':!test/fidelity/recordings');

  it('numbers its facts without gaps', () => {
    const expected = facts.map(({ number }, index) => {
      const [section, item] = number.split('.').map(Number) as [number, number];
      const before = facts[index - 1]?.number.split('.').map(Number);
      const follows = before === undefined || (before[0] === section ? before[1] === item - 1 : item === 1);
      return follows ? number : `${number} does not follow ${before?.join('.')}`;
    });
    expect(facts.map(({ number }) => number)).toEqual(expected);
    expect(facts.length).toBeGreaterThan(50);
  });

  it('gives the source of each fact', () => {
    expect(facts.filter(({ text }) => !/Source: \[[^\]]+\]\([^)]+\)/.test(text))).toEqual([]);
  });

  it('has every fact that a comment cites', () => {
    const numbers = new Set(facts.map(({ number }) => number));
    const cited = sources.flatMap((file) =>
      [...read(file).matchAll(/harbor-behavior\.md (\d+\.\d+)/g)].map((match) => ({ file, number: match[1]! })),
    );
    expect(cited.filter(({ number }) => !numbers.has(number))).toEqual([]);
    expect(cited.length).toBeGreaterThan(100);
  });

  it('is the only collection of facts that comments cite', () => {
    const cited = sources.flatMap((file) =>
      [...read(file).matchAll(/(?<![\w./-])([\w.-]+\.md)[ ,]\d+(\.\d+)?/g)].map((match) => `${file}: ${match[0]}`),
    );
    expect(cited.filter((one) => !one.includes(': harbor-behavior.md'))).toEqual([]);
  });
});

describe('docs/README.md', () => {
  const linked = (page: string): Set<string> =>
    new Set([...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => join(page, '..', match[1]!)));

  it('lists every guide', () => {
    const listed = linked('docs/README.md');
    expect(
      filesOf(':(glob)docs/guides/*.md', ':(glob)docs/*.md').filter(
        (page) => page !== 'docs/README.md' && !listed.has(page),
      ),
    ).toEqual([]);
  });

  it('leads to every page of the reference', () => {
    const reached = new Set(
      [...linked('docs/README.md')]
        .filter((page) => page.startsWith('docs/reference/'))
        .flatMap((page) => [page, ...linked(page)]),
    );
    expect(filesOf('docs/reference/*.md').filter((page) => !reached.has(page))).toEqual([]);
  });

  it('is linked from the README', () => {
    expect(linked('README.md')).toContain('docs/README.md');
  });
});

describe('docs/troubleshooting.md', () => {
  const page = read('docs/troubleshooting.md');

  it('explains every error code, and no other', () => {
    const source = read('src/errors.ts');
    const codes = [...source.matchAll(/code = '([A-Z_]+)'|'((?:NETWORK|SECRET)_[A-Z_]+)'/g)].map((m) => m[1] ?? m[2]!);
    const explained = [...page.matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1]!);
    expect([...new Set(explained)].sort()).toEqual([...new Set(codes)].sort());
  });

  it('explains every exit code, and no other', () => {
    const explained = [...page.matchAll(/^\| (\d+) +\| `(\w+)`/gm)].map((match) => [match[2]!, Number(match[1])]);
    expect(Object.fromEntries(explained)).toEqual(ExitCode);
  });
});

describe('commands in the README and the guides', () => {
  const printed = filesOf('README.md', ':(glob)docs/*.md', ':(glob)docs/guides/*.md').flatMap((page) =>
    commandsOf(read(page)).map((command) => ({ page, command })),
  );

  it.each(printed)('$page: $command', async ({ command }) => {
    expect(await faultOf(command)).toBe('');
  });

  // A sentence may name an option without its value, or a command without all of its arguments. It may not name others.
  const LEFT_OUT = [
    'commander.optionMissingArgument',
    'commander.missingArgument',
    'commander.missingMandatoryOptionValue',
  ];
  const spoken = filesOf('README.md', 'CONTRIBUTING.md', 'docs/*.md').flatMap((page) =>
    spansOf(read(page)).map((command) => ({ page, command })),
  );

  it.each(spoken)('in a sentence of $page: $command', async ({ command }) => {
    const fault = await faultOf(command);
    expect(LEFT_OUT.includes(fault) ? '' : fault).toBe('');
  });

  it('are found in sentences, with and without the name of the program', () => {
    expect(spoken.length).toBeGreaterThan(100);
    expect(
      spansOf('See `breakwater plan`, `apply FILE` and `plan`.\n```sh\nbreakwater drift\n```\n``breakwater up``'),
    ).toEqual(['plan', 'apply FILE']);
  });

  it.each([
    ['plan --no-such-option', 'commander.unknownOption'],
    ['validate everything', 'commander.excessArguments'],
    ['completion tcsh', 'commander.invalidArgument'],
    ['plain', 'no command plain'],
  ])('a sentence with `breakwater %s` would be found', async (command, fault) => {
    expect(await faultOf(command)).toBe(fault);
  });

  it('are found, also behind variables, npx and prompts, and over two lines', () => {
    expect(printed.length).toBeGreaterThan(70);
    const block =
      '```sh\n$ A=b npx breakwater plan --out p.json && breakwater apply p.json   # both\nbreakwater \\\n  drift > x\n```';
    expect(commandsOf(block)).toEqual(['plan --out p.json', 'apply p.json', 'drift']);
  });

  // These send no request and write nothing: what a guide prints of them is run as it stands.
  const OFFLINE = /^(?:validate$|schema|rules(?: HP\d+)?$|conform --list|inventory scan)/;
  const offline = [...new Set(printed.map(({ command }) => command))].filter((command) => OFFLINE.test(command));

  it.each(offline)('runs: breakwater %s', async (command) => {
    const { code, out, err } = await cli(wordsOf(command), {}, ROOT);
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    expect(out).not.toBe('');
  });

  it('finds commands to run', () => expect(offline.length).toBeGreaterThan(4));
});

/** What the real program finds wrong with a command line; empty where it takes it. */
async function faultOf(command: string): Promise<string> {
  const [name = '', ...words] = wordsOf(command);
  const entry = commands.find((one) => one.name === name);
  if (!entry) return `no command ${name}`;
  const program = new CommanderCommand(name).exitOverride().configureOutput({ writeErr: () => {} });
  (await entry.load()).configure(program);
  addCommonOptions(program);
  program.action(() => {});
  try {
    await program.parseAsync(words, { from: 'user' });
    return '';
  } catch (error) {
    return error instanceof CommanderError ? error.code : String(error);
  }
}

/** Every command in a code span of a sentence: `breakwater plan`, or `plan --out FILE` without the name of the program. */
function spansOf(markdown: string): string[] {
  const prose = markdown.replace(/^ *```.*?^ *```/gms, '');
  return [...prose.matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].flatMap(([, span = '']) => {
    const [, named, bare] = /^(?:breakwater ([a-z].*)|([a-z-]+ .+))$/.exec(span.trim()) ?? [];
    if (named !== undefined) return [named];
    return bare !== undefined && commands.some(({ name }) => bare.startsWith(`${name} `)) ? [bare] : [];
  });
}

/** Every `breakwater …` of the fenced blocks: without prompt, variables, `npx`, comment, redirection and what follows. */
function commandsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^ *```(\w*)\n(.*?)^ *```$/gms)].flatMap(([, language, block]) =>
    (['', 'sh', 'console'].includes(language!) ? block! : '')
      .replace(/\\\n\s*/g, ' ')
      .split('\n')
      .flatMap((line) => line.replace(/(^|\s)#.*$/, '').split(/&&|\|\||[|;]/))
      .flatMap((part) => {
        const found = /^\s*(?:\$ )?(?:\w+=\S+ )*(?:npx )?breakwater +([a-z].*?)\s*(?:\d?>.*)?$/.exec(part);
        return found ? [found[1]!] : [];
      }),
  );
}

function wordsOf(command: string): string[] {
  return [...command.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replace(/["']/g, ''));
}
