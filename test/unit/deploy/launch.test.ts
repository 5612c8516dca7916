import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchEntrypoint } from '../../../src/deploy/launch';

/** Everything that a shell could trip over. */
const AWKWARD = `Adm 1"n's $HOME \`id\` x=y#z %{a} \${b} \\ <&> ~ *`;

const PRINT_ENVIRONMENT = ['node', '-e', 'process.stdout.write(JSON.stringify(process.env))'];

describe('the launcher of Traefik', () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'breakwater-launch-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  function launch(files: Record<string, string>, program: readonly string[], env?: string) {
    const envFile = join(directory, 'env');
    if (env !== undefined) writeFileSync(envFile, env);
    const entrypoint = launchEntrypoint({
      ...(env !== undefined && { envFile }),
      directory,
      files: new Map(Object.entries(files)),
    });
    const [shell = '', ...args] = [...entrypoint, ...program];
    return spawnSync(shell, args, { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
  }

  it('writes each file unchanged, with any content', () => {
    const files = { 'harbor.yml': `a: ${AWKWARD}\nb: --\n`, 'mirror-x.yml': '--\n%s %d \\n\n', 'empty.yml': '' };
    expect(launch(files, ['true']).status).toBe(0);
    const written = readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]);
    expect(Object.fromEntries(written)).toEqual(
      Object.fromEntries(Object.entries(files).map(([name, content]) => [name, `${content}\n`])),
    );
  });

  it.each([
    ['a line', 'aGVsbG8_d29ybGQ-=\n', 0, '--eab.hmac=aGVsbG8_d29ybGQ-='],
    ['a line without its end', AWKWARD, 0, `--eab.hmac=${AWKWARD}`],
    ['nothing', '', 78, ''],
  ])('adds an argument from a file with %s, that no plan has', (_, content, status, added) => {
    const path = join(directory, 'hmac');
    writeFileSync(path, content);
    const entrypoint = launchEntrypoint({ directory, files: new Map(), secretFlag: { flag: '--eab.hmac', path } });
    const [shell, ...args] = [...entrypoint, 'sh', '-c', 'printf %s "$2"', 'sh', 'first'];
    const run = spawnSync(shell, args, { encoding: 'utf8' });
    expect([run.status, run.stdout]).toEqual([status, added]);
    if (content !== '') expect(JSON.stringify(entrypoint)).not.toContain(content.trim());
  });

  it('replaces itself with the program and its arguments', () => {
    const { stdout, pid } = launch({ 'a.yml': '1' }, ['sh', '-c', 'echo $$ "$@"', 'sh', '--', '--a=b c', AWKWARD]);
    expect(stdout).toBe(`${pid} -- --a=b c ${AWKWARD}\n`);
  });

  it('passes on the variables of the file, unparsed, and adds none', () => {
    const env = `# for route53\n\nAWS_REGION=eu-central-1\nAWS_SECRET_ACCESS_KEY=${AWKWARD}\nEMPTY=\nLAST=no newline`;
    const { PATH, PWD, OLDPWD, SHLVL, _, ...rest } = JSON.parse(launch({}, PRINT_ENVIRONMENT, env).stdout) as Record<
      string,
      string
    >;
    expect(rest).toEqual({
      AWS_REGION: 'eu-central-1',
      AWS_SECRET_ACCESS_KEY: AWKWARD,
      EMPTY: '',
      LAST: 'no newline',
    });
    expect([PATH, PWD, OLDPWD, SHLVL, _].filter((value) => value?.includes('1"n'))).toEqual([]);
  });

  it.each([
    ['no equals sign', 'A=1\nS3cret-Canary\n', 'line without ='],
    ['a name with a blank', 'A B=S3cret-Canary\n', 'bad name'],
    ['a name that begins with a digit', '1A=S3cret-Canary\n', 'bad name'],
    ['export before it', 'export A=S3cret-Canary\n', 'bad name'],
  ])('ends with 78 at a line with %s, and does not repeat it', (_, env, complaint) => {
    const { status, stderr, stdout } = launch({}, ['echo', 'started'], env);
    expect([status, stdout]).toEqual([78, '']);
    expect(stderr).toContain(complaint);
    expect(stderr).not.toContain('S3cret-Canary');
  });

  it('does not start without its env file', () => {
    const [shell, ...args] = [
      ...launchEntrypoint({ envFile: join(directory, 'none'), directory, files: new Map() }),
      'echo',
      'started',
    ];
    expect(() => execFileSync(shell, args, { stdio: 'pipe' })).toThrow(/none/);
  });
});
