import { conform } from './conform/conform';
import { noOpPlan } from './no-op-plan';
import { hashing } from './hashing';
import { startUp } from './start-up';

/**
 * `npm run bench [-- NAME…]`: figures that mean something because each stands beside another from the same run on the
 * same machine. Nothing here passes or fails; tests count calls and bytes instead of seconds.
 */
const BENCHES: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  'start-up': startUp,
  plan: noOpPlan,
  hashing,
  conform,
};

async function main(wanted: readonly string[]): Promise<void> {
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    process.stdout.write(`${name}\n${(await bench()).map((line) => `  ${line}`).join('\n')}\n`);
  }
}

void main(process.argv.slice(2));
