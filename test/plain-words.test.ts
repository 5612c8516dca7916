import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');

/** Idioms that read as riddles, each with the words that readers know. */
const IDIOMS: readonly (readonly [pattern: RegExp, better: string])[] = [
  [/(?:when|where) nothing is said/i, 'default: X'],
  [/; \w+ tells more/, '(see M2)'],
  [/\banew\b/i, 'again, recreated'],
  [/\ball the same\b(?! (?:kind|size|time|for|as|in|way|digest|image|bytes))/i, 'anyway'],
  [/without a word/i, 'silently, without an error'],
  [/\bwhoever\b/i, 'anyone who, no matter who'],
  [/\bheld (?:against|to be)\b/i, 'compared with, checked against'],
  [/\bfor ever\b/i, 'forever'],
  [/swallows packets/i, 'drops packets'],
  [/speaks against/i, 'blocks'],
  [/stands twice/i, 'duplicate'],
  [/\bis no (?:name|directory|plan|report|manifest|tag|digest|calendar) (?:for|that|of)\b/i, 'is not a valid X'],
  [/(?:is|are) told apart/i, 'is distinguished'],
  [/[Aa]ll is well|\bnot well\b/, 'OK, failed'],
  [/nobody is here to ask/i, 'not an interactive terminal'],
  [/what stands above comes first/i, 'fix the error above first'],
  [/proving who we are/i, 'logging in'],
  [/did Harbor do what it said/i, 'verifying'],
  [/makes? it anew|made anew/i, 'recreate'],
  [/goes? on serving/i, 'keeps serving'],
  [/is said nowhere|says nowhere|shows nowhere/i, 'does not report'],
  [/takes with it/i, 'also deletes'],
  [/to be had\b/i, 'available'],
  [/(?:some|no)body answers for/i, 'an accepted finding, without an owner'],
  [
    /\bnobody (?:knows|can|may|asked|asks|has|trusts|reads|sees|looked|serves)\b/i,
    'is unknown, no client trusts, was not checked',
  ],
  [/\bcomes? whole\b/i, 'is complete'],
  [/\bfor want of\b/i, 'because it has no'],
  [/\bgave it out\b/i, 'served it'],
  [/\bis no (?:network|file|command|YAML|registry)\b/i, 'is not a X'],
  [/\bnothing failed where\b|\bnothing is said of\b/i, 'a real subject'],
  [/\bof one['’]s own\b/i, 'your own'],
  [/\bHarbor (?:answers|tells)\b/, 'Harbor returns, responds with'],
  [/\bstands (?:at|below|behind|beside)\b/i, 'is at, is below'],
  [/\btold (?:of|apart)\b|\bhanded on\b|\btakes? no notice\b/i, 'is reported to, is passed on, ignores'],
  [/\bof so many\b|\bwhat becomes of\b|\bnot to be had\b|\bgives? away\b/i, 'N of, the result of, is missing, reveals'],
  [/\bsays no more\b|\bin their turn\b|\bsaid aloud\b/i, 'only returns, itself, explicitly'],
  [/\bwhat is none\b|\bone that is none\b|\bas well as it\b/i, 'an invalid one'],
  [/\bwho asks\b|\bnobody else\b/i, 'the caller, no other client'],
  [/(?<![-\w])(?:some|any)body\b(?!-)/i, 'someone, anyone, or the real subject'],
];

/** Idioms of titles, which are short facts: what is tested, and what happens. */
const TITLE_IDIOMS: readonly (readonly [pattern: RegExp, better: string])[] = [
  [/\b(?:is|are) said\b|\bsays (?:so|that|what|which|why|how)\b/i, 'is reported, reports, explains how'],
  [/\bthat is none\b|\bthat nobody\b/i, 'an invalid X, an unknown X'],
  [/\bwhere there is (?:none|nothing|no)\b|\bthat there is\b/i, 'if it is missing, existing'],
  [/\bbeside\b/i, 'next to, together with'],
  [/\b(?:written|read|listed|sent|left) whole\b/i, 'completely'],
];

const files = execFileSync(
  'git',
  [
    'ls-files',
    '-co',
    '--exclude-standard',
    '--',
    'src',
    'stacks',
    'ansible',
    'scripts',
    'policies',
    'examples',
    'docs',
    'README.md',
    'CONTRIBUTING.md',
  ],
  { cwd: ROOT, encoding: 'utf8' },
)
  .trim()
  .split('\n')
  .filter((file) => /\.(?:ts|md|ya?ml|j2|py|sh)$/.test(file) && existsSync(join(ROOT, file)));

const lines = files.flatMap((file) =>
  readFileSync(join(ROOT, file), 'utf8')
    .split('\n')
    .map((text, index) => ({ at: `${file}:${index + 1}`, text })),
);

/** What `describe` and `it` call things: lines of tests that begin with one, or end a table with one. */
const titles = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', 'test/*.test.ts'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((file) => file !== 'test/plain-words.test.ts' && existsSync(join(ROOT, file)))
  .flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .map((text, index) => ({ at: `${file}:${index + 1}`, text }))
      .filter(({ text }) => /^\s*(?:(?:describe|it)\b[^']*\('|\]\)\(')/.test(text)),
  );

describe('plain words', () => {
  it.each(IDIOMS.map(([pattern, better]) => ({ pattern, better })))('"$better" instead of $pattern', ({ pattern }) => {
    expect(
      [...lines, ...titles].filter(({ text }) => pattern.test(text)).map(({ at, text }) => `${at}: ${text.trim()}`),
    ).toEqual([]);
  });

  it.each(TITLE_IDIOMS.map(([pattern, better]) => ({ pattern, better })))(
    'in a title, "$better" instead of $pattern',
    ({ pattern }) => {
      expect(titles.filter(({ text }) => pattern.test(text)).map(({ at, text }) => `${at}: ${text.trim()}`)).toEqual(
        [],
      );
    },
  );

  it('reads the sources, the guides and the titles of tests', () => {
    expect(lines.length).toBeGreaterThan(10_000);
    expect(titles.length).toBeGreaterThan(2_000);
    expect(files).toEqual(expect.arrayContaining(['README.md', 'docs/guides/up.md', 'src/cli/main.ts']));
  });
});
