import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const program = spawnSync('ansible-lint', ['--version'], { encoding: 'utf8' });

if (program.status !== 0) {
  process.stderr.write('skipped: ansible-lint: it is not installed (pipx install ansible-lint)\n');
  it.skip('ansible-lint, profile production (it is not installed)', () => undefined);
} else {
  it('ansible-lint, profile production, finds nothing', () => {
    const asked = ['--offline', '--profile', 'production', '--nocolor', '-q', '--project-dir', 'ansible', 'ansible'];
    const { status, stdout } = spawnSync('ansible-lint', asked, { cwd: ROOT, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  }, 600_000);
}
