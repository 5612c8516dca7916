import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROLES = join(__dirname, '../../../ansible/roles');
const KEPT = ['secret/keys/secretkey', 'secret/core/private_key.pem', 'secret/registry/root.crt'];

const canSeparate = spawnSync('unshare', ['--mount', 'true']).status === 0 && process.getuid?.() === 0;
if (!canSeparate) process.stderr.write('skipped: secrets of two machines: needs root and unshare --mount\n');

(canSeparate ? describe : describe.skip)('the secrets of two machines', () => {
  let root: string;
  let own: string;
  let peer: string;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'breakwater-pair-secrets-'));
    [own, peer] = [join(root, 'own'), join(root, 'peer')];
    // The other machine: the same paths, with its own data below.
    const python = join(root, 'python');
    const inner = `mount --bind ${peer} ${own} && exec /usr/bin/env python3 "$@"`;
    writeFileSync(python, `#!/bin/sh\nexec unshare --mount sh -c '${inner}' sh "$@"\n`, { mode: 0o755 });
    const local = 'ansible_connection=local ansible_python_interpreter';
    writeFileSync(
      join(root, 'hosts'),
      [
        `localhost ${local}='/usr/bin/env python3'`,
        `there ${local}=${python}`,
        'gone ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=9',
      ].join('\n'),
    );
    const role = (tasks: string) => ({
      'ansible.builtin.include_role': { name: 'harbor_pair', tasks_from: tasks },
      when: `'${tasks}' in steps`,
    });
    const play = { hosts: 'localhost', gather_facts: false, tasks: [role('secrets'), role('derive')] };
    writeFileSync(join(root, 'play.yml'), JSON.stringify([play]));
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  function given(directory: string, texts: Readonly<Record<string, string>>): void {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
  }

  function play(variables: object): { status: number | null; output: string } {
    const all = {
      harbor_pair_node: 'a',
      harbor_pair_hostname: 'harbor.corp.test',
      harbor_pair_data_volume: own,
      harbor_pair_work_directory: own,
      steps: ['secrets'],
      ...variables,
    };
    const { status, stdout, stderr } = spawnSync(
      'ansible-playbook',
      ['-i', join(root, 'hosts'), join(root, 'play.yml'), '-e', JSON.stringify(all)],
      { env: { ...process.env, ANSIBLE_ROLES_PATH: ROLES, ANSIBLE_HOST_KEY_CHECKING: 'false' } },
    );
    return { status, output: `${stdout.toString()}${stderr.toString()}` };
  }

  const whole = Object.fromEntries(KEPT.map((path) => [path, `${path} of the pair\n`]));

  it('are copied from the other machine, byte by byte, for Harbor alone to read', () => {
    given(own, {});
    given(peer, whole);
    const { status, output } = play({ harbor_pair_peer: 'there' });
    expect([status, output]).toEqual([0, expect.any(String)]);
    for (const path of KEPT) expect(readFileSync(join(own, path), 'utf8')).toBe(whole[path]);
    const { mode, uid } = statSync(join(own, KEPT[0]!));
    expect([mode & 0o777, uid]).toEqual([0o600, 10_000]);
    expect(output).not.toContain('of the pair');
  });

  it('stay unchanged if both have them, and are not created if neither has', () => {
    given(own, whole);
    given(peer, whole);
    expect(play({ harbor_pair_peer: 'there' })).toMatchObject({
      status: 0,
      output: expect.stringContaining('changed=0'),
    });
    given(own, {});
    given(peer, {});
    expect(play({ harbor_pair_peer: 'there' }).status).toBe(0);
    expect(existsSync(join(own, 'secret'))).toBe(false);
  });

  it('stop the run if they differ', () => {
    given(own, { ...whole, [KEPT[0]!]: 'another' });
    given(peer, whole);
    const { status, output } = play({ harbor_pair_peer: 'there' });
    expect([status, output]).toEqual([2, expect.stringContaining('secret/keys/secretkey is not the same on there')]);
    expect(readFileSync(join(own, KEPT[0]!), 'utf8')).toBe('another');
  });

  it('stop the run if this machine has none and the other cannot be asked', () => {
    given(own, {});
    const { status, output } = play({ harbor_pair_peer: 'gone' });
    expect([status, output]).toEqual([2, expect.stringContaining('gone cannot be reached, and this machine has no')]);
    expect(play({ harbor_pair_peer: 'gone', harbor_pair_first: true }).status).toBe(0);
    given(own, whole);
    expect(play({ harbor_pair_peer: 'gone' }).status).toBe(0);
  });

  it('are the same on both machines if prepare generates them again', () => {
    const derived = (text: string): string => {
      given(own, { 'secret/keys/secretkey': '0123456789abcdef', 'config/core/env': text });
      expect(play({ steps: ['derive'] }).status).toBe(0);
      return readFileSync(join(own, 'config/core/env'), 'utf8');
    };
    const first = derived('A=1\nCSRF_KEY=random\nROBOT_SCANNER_NAME_PREFIX=random\nB=2\n');
    expect(first).toMatch(/^A=1\nCSRF_KEY=[0-9a-f]{32}\nROBOT_SCANNER_NAME_PREFIX=[0-9a-f]{8}\nB=2\n$/);
    expect(derived('A=1\nCSRF_KEY=other\nROBOT_SCANNER_NAME_PREFIX=other\nB=2\n')).toBe(first);
  });
});
