import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PYTHON } from './python';

const ROLES = join(__dirname, '../../../ansible/roles');
const KEPT = ['secret/keys/secretkey', 'secret/core/private_key.pem', 'secret/registry/root.crt'];

const canSeparate = spawnSync('unshare', ['--mount', 'true']).status === 0 && process.getuid?.() === 0;
if (!canSeparate) process.stderr.write('skipped: secrets of two machines: needs root and unshare --mount\n');

/** What the two machines have before the run, and what the run is told. */
interface Case {
  readonly own: Readonly<Record<string, string>>;
  /** Without it, the other machine cannot be reached. */
  readonly peer?: Readonly<Record<string, string>>;
  readonly tasks?: 'secrets' | 'derive';
  readonly first?: boolean;
}

const whole = Object.fromEntries(KEPT.map((path) => [path, `${path} of the pair\n`]));
const derived = (text: string): Case => ({
  own: { 'secret/keys/secretkey': '0123456789abcdef', 'config/core/env': text },
  tasks: 'derive',
});

const CASES = {
  absent: { own: {}, peer: whole },
  same: { own: whole, peer: whole },
  neither: { own: {}, peer: {} },
  different: { own: { ...whole, [KEPT[0]!]: 'another' }, peer: whole },
  alone: { own: {} },
  'alone-and-first': { own: {}, first: true },
  'alone-with-secrets': { own: whole },
  prepared: derived('A=1\nCSRF_KEY=random\nROBOT_SCANNER_NAME_PREFIX=random\nB=2\n'),
  'prepared-again': derived('A=1\nCSRF_KEY=other\nROBOT_SCANNER_NAME_PREFIX=other\nB=2\n'),
} satisfies Record<string, Case>;
type Name = keyof typeof CASES;

/** Each case is a host of one run, because most of a run's time is Ansible's own start. */
(canSeparate ? describe : describe.skip)('the secrets of two machines', () => {
  let root: string;
  let output: string;
  let status: number | null;
  const own = (name: Name): string => join(root, name);

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'breakwater-pair-secrets-'));
    const hosts = Object.entries<Case>(CASES).flatMap(([name, given]) => hostsOf(name as Name, given));
    writeFileSync(join(root, 'hosts.json'), JSON.stringify({ all: { hosts: Object.fromEntries(hosts) as object } }));
    const play = (tasks: string) => ({
      hosts: Object.entries<Case>(CASES).flatMap(([name, given]) => ((given.tasks ?? 'secrets') === tasks ? name : [])),
      gather_facts: false,
      tasks: [{ 'ansible.builtin.include_role': { name: 'harbor_pair', tasks_from: tasks } }],
    });
    writeFileSync(join(root, 'play.yml'), JSON.stringify([play('secrets'), play('derive')]));
    const env = {
      ANSIBLE_CONFIG: join(ROLES, '../ansible.cfg'),
      ANSIBLE_HOST_KEY_CHECKING: 'false',
      // The roles start python3 of the PATH.
      PATH: `${dirname(PYTHON)}:${process.env['PATH']}`,
    };
    const ran = spawnSync('ansible-playbook', ['-i', join(root, 'hosts.json'), join(root, 'play.yml')], {
      env: { ...process.env, ...env, ANSIBLE_NOCOLOR: '1' },
    });
    output = `${ran.stdout.toString()}${ran.stderr.toString()}`;
    ({ status } = ran);
  }, 300_000);
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  /** The machine of a case and, as a host of its own, the other one: the same paths, with its own data below. */
  function hostsOf(name: Name, { own: texts, peer, first = false }: Case): [string, object][] {
    given(own(name), texts);
    const machine = {
      ansible_connection: 'local',
      ansible_python_interpreter: PYTHON,
      harbor_pair_node: 'a',
      harbor_pair_hostname: 'harbor.corp.test',
      harbor_pair_data_volume: own(name),
      harbor_pair_work_directory: own(name),
      harbor_pair_peer: `${peer ? 'there' : 'gone'}-for-${name}`,
      harbor_pair_first: first,
    };
    const unanswered = { ansible_connection: 'ssh', ansible_host: '127.0.0.1', ansible_port: 9 };
    const gone = { ...unanswered, ansible_python_interpreter: PYTHON };
    if (peer === undefined)
      return [
        [name, machine],
        [machine.harbor_pair_peer, gone],
      ];
    given(`${own(name)}-peer`, peer);
    const shell = `${own(name)}-sh`;
    const inner = `mount --bind ${own(name)}-peer ${own(name)} && exec /bin/sh "$@"`;
    writeFileSync(shell, `#!/bin/sh\nexec unshare --mount /bin/sh -c '${inner}' sh "$@"\n`, { mode: 0o755 });
    const there = {
      ansible_connection: 'local',
      ansible_python_interpreter: PYTHON,
      ansible_shell_executable: shell,
    };
    return [
      [name, machine],
      [machine.harbor_pair_peer, there],
    ];
  }

  function given(directory: string, texts: Readonly<Record<string, string>>): void {
    mkdirSync(directory);
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
  }

  /** The last lines of Ansible, which count what each host did. */
  function recap(name: Name): Readonly<Record<string, number>> {
    const line = new RegExp(`^${name} +: (.*)$`, 'm').exec(output)?.[1];
    if (line === undefined) throw new Error(output);
    return Object.fromEntries([...line.matchAll(/(\w+)=(\d+)/g)].map(([, what, count]) => [what!, Number(count)]));
  }

  /** What Ansible says of one host. */
  const said = (name: Name): string =>
    output
      .split('\n')
      .filter((line) => line.includes(`[${name}]`) || line.includes(`[${name} `))
      .join('\n');

  it('are copied from the other machine, byte by byte, for Harbor alone to read', () => {
    expect(recap('absent')).toMatchObject({ failed: 0, unreachable: 0 });
    for (const path of KEPT) expect(readFileSync(join(own('absent'), path), 'utf8')).toBe(whole[path]);
    const { mode, uid } = statSync(join(own('absent'), KEPT[0]!));
    expect([mode & 0o777, uid]).toEqual([0o600, 10_000]);
    expect(output).not.toContain('of the pair');
  });

  it('stay unchanged if both have them, and are not created if neither has', () => {
    expect(recap('same')).toMatchObject({ failed: 0, unreachable: 0, changed: 0 });
    expect(recap('neither')).toMatchObject({ failed: 0, unreachable: 0 });
    expect(existsSync(join(own('neither'), 'secret'))).toBe(false);
  });

  it('stop the run if they differ', () => {
    expect(status).toBe(2);
    expect(recap('different')).toMatchObject({ failed: 1 });
    expect(said('different')).toContain('secret/keys/secretkey is not the same on there-for-different');
    expect(readFileSync(join(own('different'), KEPT[0]!), 'utf8')).toBe('another');
  });

  it('stop the run if this machine has none and the other cannot be asked', () => {
    expect(recap('alone')).toMatchObject({ failed: 1 });
    expect(said('alone')).toContain('gone-for-alone cannot be reached, and this machine has no');
    expect(recap('alone-and-first')).toMatchObject({ failed: 0 });
    expect(recap('alone-with-secrets')).toMatchObject({ failed: 0 });
  });

  it('are the same on both machines if prepare generates them again', () => {
    const [first, again] = (['prepared', 'prepared-again'] as const).map((name) => {
      expect(recap(name)).toMatchObject({ failed: 0 });
      return readFileSync(join(own(name), 'config/core/env'), 'utf8');
    });
    expect(first).toMatch(/^A=1\nCSRF_KEY=[0-9a-f]{32}\nROBOT_SCANNER_NAME_PREFIX=[0-9a-f]{8}\nB=2\n$/);
    expect(again).toBe(first);
  });
});
