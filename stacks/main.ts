import { join } from 'node:path';
import {
  environmentNames,
  hasErrors,
  judgeStacks,
  loadInputs,
  readSynthesised,
  renderDiagnostics,
  type DeployInputs,
} from '../src/deployment';
import { emptyOutput, markOutput } from './output-directory';
import { synthesise } from './synthesise';

const SAMPLE = 'example';
const SAMPLES = /^example(-|$)/;

/** `node dist/stacks/main.js`: cdktf.out from stacks/environments/$BREAKWATER_ENVIRONMENT.yaml. Exit code 1 on bad input. */
async function main(): Promise<void> {
  const directory = 'stacks';
  const outdir = process.env['CDKTF_OUTDIR'] ?? 'cdktf.out';
  emptyOutput(outdir);
  const name = await environmentName(join(directory, 'environments'));
  const { inputs, sources, diagnostics } = await loadInputs(directory, name);
  const isUsable = inputs !== undefined && !hasErrors(diagnostics);
  if (diagnostics.length > 0) say(renderDiagnostics(diagnostics, { sources }), isUsable);
  if (!isUsable) {
    process.exitCode = 1;
    return;
  }
  sayWhatIsMissing(inputs);
  synthesise(inputs, outdir);
  markOutput(outdir, name);
  await holdAgainstRules(inputs, outdir);
}

/** Users may edit the stacks: what must never be deployed is an error before Terraform sees it. */
async function holdAgainstRules({ environment }: DeployInputs, outdir: string): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  const { open } = judgeStacks(await readSynthesised(outdir), environment, today);
  const isFine = open.every(({ severity }) => severity !== 'critical');
  for (const { rule, severity, address, message, hint } of open) {
    say(`${severity} ${rule} ${address}: ${message}\n  ${hint}\n`, isFine);
  }
  if (!isFine) process.exitCode = 1;
}

/** The cdktf command prints all of stderr as errors: messages of a successful run go to stdout. */
function say(text: string, isNotice: boolean): void {
  (isNotice ? process.stdout : process.stderr).write(text);
}

/** The only environment that is not a sample. With several, the user must choose. */
async function environmentName(directory: string): Promise<string> {
  const asked = process.env['BREAKWATER_ENVIRONMENT'];
  if (asked !== undefined && asked !== '') return asked;
  const own = (await environmentNames(directory)).filter((name) => !SAMPLES.test(name));
  if (own.length > 1) {
    throw new Error(`several environments (${own.join(', ')}): say which by BREAKWATER_ENVIRONMENT=NAME`);
  }
  return own[0] ?? SAMPLE;
}

function sayWhatIsMissing({ environment, prepared }: DeployInputs): void {
  if (prepared || environment.cluster) return;
  const file = `stacks/prepared/${environment.name}.json`;
  const next = `run breakwater up --environment ${environment.name} --only host`;
  say(`harbor and edge are left out: ${file} is not there, or not of what is declared; ${next}\n`, true);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
