import type { Diagnostic } from '../../../../src/diagnostic';
import { diagnosticsToJson, renderDiagnostics } from '../../../../src/declaration/render/text';
import { diagnosticsToSarif } from '../../../../src/declaration/render/sarif';
import { load, removePolicies } from '../support/policies-on-disk';

afterEach(removePolicies);

function finding(line: number, column: number, endColumn?: number, rest: Partial<Diagnostic> = {}): Diagnostic {
  const at = { file: 'a.yaml', line, column, ...(endColumn === undefined ? {} : { endColumn }) };
  return { rule: 'some-rule', severity: 'error', message: 'wrong', at, ...rest };
}

function render(text: string, ...diagnostics: Diagnostic[]): string {
  return renderDiagnostics(diagnostics, { sources: new Map([['a.yaml', text]]) });
}

describe('text', () => {
  it('shows the line, two before it, a caret and a hint', () => {
    const text = 'one: 1\ntwo: 2\nthree: 3\nfour: 4\nfive: 5\n';
    expect(render(text, finding(4, 7, 8, { hint: 'do this' }))).toBe(
      [
        'a.yaml:4:7: error[some-rule]: wrong',
        '  2 | two: 2',
        '  3 | three: 3',
        '  4 | four: 4',
        '    |       ^',
        '  hint: do this',
        '',
      ].join('\n'),
    );
  });

  it.each<[string, string, Diagnostic, string[]]>([
    ['a point', 'abc', finding(1, 2), ['  1 | abc', '    |  ^']],
    ['a span', 'abc', finding(1, 2, 4), ['  1 | abc', '    |  ^^']],
    ['a point past the end', 'abc', finding(1, 4), ['  1 | abc', '    |    ^']],
    ['tabs before it', '\t\tabc', finding(1, 3, 6), ['  1 |         abc', '    |         ^^^']],
    ['a tab inside it', 'a\tb', finding(1, 1, 4), ['  1 | a    b', '    | ^^^^^^']],
    ['CRLF', 'a\r\nbc\r\n', finding(2, 1, 3), ['  1 | a', '  2 | bc', '    | ^^']],
    ['an escape sequence', '\u001b[2Jx', finding(1, 5, 6), ['  1 | \\u001b[2Jx', '    |          ^']],
    ['text that is turned round', 'a\u202eb', finding(1, 3, 4), ['  1 | a\\u202eb', '    |        ^']],
    ['a line that is not there', 'a', finding(7, 1), []],
    ['an empty file', '', finding(1, 1), []],
  ])('points right with %s', (_name, text, diagnostic, expected) => {
    expect(render(text, diagnostic).trimEnd().split('\n').slice(1)).toEqual(expected);
  });

  it('cuts a wide line around the finding', () => {
    const [, line = '', caret = '', ...rest] = render(
      `short\n${'x'.repeat(5000)}HERE${'y'.repeat(5000)}`,
      finding(2, 5001, 5005),
    )
      .trimEnd()
      .split('\n');
    expect(rest).toEqual([]);
    expect(line).toMatch(/^ {2}2 \| …x{20}HEREy+…$/);
    expect(line.length).toBeLessThan(120);
    expect(line.indexOf('HERE')).toBe(caret.indexOf('^^^^'));
  });

  it('shows a finding without a place, and one in an unknown file', () => {
    expect(renderDiagnostics([{ rule: 'r', severity: 'warning', message: 'm' }], { sources: new Map() })).toBe(
      'warning[r]: m\n',
    );
    expect(renderDiagnostics([finding(3, 1)], { sources: new Map() })).toBe('a.yaml:3:1: error[some-rule]: wrong\n');
  });

  it('is empty without findings', () => {
    expect(renderDiagnostics([], { sources: new Map() })).toBe('');
  });

  it('colors on request', () => {
    const paint = (style: string, text: string) => `<${style}>${text}</${style}>`;
    const text = renderDiagnostics([finding(1, 1)], { sources: new Map([['a.yaml', 'x']]), paint });
    expect(text).toContain('<error>error[some-rule]</error>: wrong');
    expect(text).toContain('<dim>  1 | x</dim>');
  });

  it.each([
    ['an escape sequence', '\u001b]0;x\u0007', '\\u001b]0;x\\u0007'],
    ['a C1 control', '\u009b31m', '\\u009b31m'],
    ['a forged line of a log', 'x\n::error file=a::b', 'x\\u000a::error file=a::b'],
    ['bidi', '\u2066\u202e', '\\u2066\\u202e'],
    ['zero width', 'a\u200bb', 'a\\u200bb'],
    ['half a character', 'a\ud800b', 'a\\ud800b'],
    ['a whole one', 'a\u{1f6a2}b', 'a\u{1f6a2}b'],
  ])('makes %s visible in messages, hints and file names', (_name, raw, shown) => {
    const at = { file: raw, line: 1, column: 1 };
    const text = renderDiagnostics([{ rule: 'r', severity: 'error', message: raw, hint: raw, at }], {
      sources: new Map(),
    });
    expect(text).toBe(`${shown}:1:1: error[r]: ${shown}\n  hint: ${shown}\n`);
  });
});

describe('secrets in snippets', () => {
  it.each([
    ['as a literal', 'pilots: { p: { licence: canary } }'],
    ['as a quoted literal', 'pilots:\n  p:\n    licence: "canary"\n'],
    ['as a block of text', 'pilots:\n  p:\n    licence: |\n      canary\n      canary\n    nonsense: 1\n'],
    ['as folded text', 'pilots:\n  p:\n    licence: begin\n      canary\n    nonsense: 1\n'],
    ['as a list', 'light:\n  lamp_secret:\n    - canary\n  nonsense: 1\n'],
    ['next to a misspelt key', 'light: { colour: red, lamp_secrett: 1, password: canary }'],
    ['on the line before', 'light:\n  password: canary\n  nonsense: 1\n'],
    ['under a misspelt key', 'light:\n  lamp-password: canary\n'],
    ['on a very long line', `light: { password: canary, colour: ${'x'.repeat(2000)} }`],
    ['in a URL', 'harbor:\n  url: https://admin:canary@harbor.example.com\nlight: {}\n'],
    ['in a list of one line', 'pilots: { p: { licence: [canary] } }'],
    ['as a number', 'pilots: { p: { licence: 00canary } }'],
    ['as an env', 'pilots: { p: { licence: { env: canary-1 } } }'],
  ])('are masked %s', async (_name, text) => {
    const { diagnostics, sources } = await load({ 'a.yaml': text });
    const file = [...sources.keys()][0] ?? '';
    const inFile = diagnostics.map((diagnostic) => ({
      ...diagnostic,
      at: { line: 1, column: 1, ...diagnostic.at, file },
    }));
    expect(diagnostics.length).toBeGreaterThan(0);
    const shown = renderDiagnostics(inFile, { sources });
    expect(shown).toContain('|');
    expect(shown).not.toContain('canary');
  });

  it('leaves references readable', () => {
    const text = 'password: { env: NAME }\ntoken: # none\nsecret:\n  env: OTHER\nx: 1\n';
    expect(render(text, finding(2, 1), finding(5, 1))).toContain('password: { env: NAME }');
    expect(render(text, finding(5, 1))).toContain('env: OTHER');
  });
});

describe('JSON', () => {
  it('has a version, counts and the findings', () => {
    const findings = [finding(1, 1), finding(2, 1, 3, { severity: 'warning' })];
    expect(diagnosticsToJson(findings)).toEqual({ schemaVersion: 1, errors: 1, warnings: 1, diagnostics: findings });
  });
});

describe('SARIF', () => {
  interface Log {
    readonly version: string;
    readonly runs: readonly [{ tool: { driver: { rules: { id: string }[] } }; results: Record<string, unknown>[] }];
  }
  const sarif = (...findings: Diagnostic[]) => diagnosticsToSarif(findings, { version: '1.2.3' }) as Log;

  it('is a run with rules and results that point at them', () => {
    const log = sarif(
      finding(3, 4, 9, { hint: 'h', rule: 'b' }),
      finding(1, 1, undefined, { rule: 'a', severity: 'warning' }),
    );
    expect(log.version).toBe('2.1.0');
    expect(log.runs[0].tool).toEqual({
      driver: { name: 'breakwater', version: '1.2.3', rules: [{ id: 'a' }, { id: 'b' }] },
    });
    expect(log.runs[0].results).toMatchObject([
      {
        ruleId: 'b',
        ruleIndex: 1,
        level: 'error',
        message: { text: 'wrong (h)' },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'a.yaml' },
              region: { startLine: 3, startColumn: 4, endColumn: 9 },
            },
          },
        ],
      },
      { ruleId: 'a', ruleIndex: 0, level: 'warning' },
    ]);
  });

  it.each([
    ['policies/a b.yaml', 'policies/a%20b.yaml'],
    ['./a.yaml', 'a.yaml'],
    ['/srv/a.yaml', 'file:///srv/a.yaml'],
  ])('names the file %s as %s', (file, uri) => {
    const [result] = sarif(finding(1, 1, undefined, { at: { file, line: 1, column: 1 } })).runs[0].results;
    expect(result).toMatchObject({ locations: [{ physicalLocation: { artifactLocation: { uri } } }] });
  });

  it('gives a finding the same fingerprint wherever it moves, and another one another', () => {
    const prints = [finding(1, 1), finding(99, 5), finding(1, 1, undefined, { message: 'else' })].map(
      (one) => (sarif(one).runs[0].results[0]!['partialFingerprints'] as Record<string, string>)['breakwater/v1'],
    );
    expect(prints[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(prints[1]).toBe(prints[0]);
    expect(prints[2]).not.toBe(prints[0]);
  });
});
