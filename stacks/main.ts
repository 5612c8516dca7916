import { join } from 'node:path';
import {
  checkRules,
  environmentNames,
  hasErrors,
  loadInputs,
  readSynthesised,
  renderDiagnostics,
  waive,
  type DeployInputs,
} from '../src/deployment';
import { synthesise } from './synthesise';

const SAMPLE = 'example';
const SAMPLES = /^example(-|$)/;

/** `node dist/stacks/main.js`: cdktf.out from stacks/environments/$BREAKWATER_ENVIRONMENT.yaml. Exit code 1 on bad input. */
async function main(): Promise<void> {
  const directory = 'stacks';
  const name = await environmentName(join(directory, 'environments'));
  const { inputs, sources, diagnostics } = await loadInputs(directory, name);
  if (diagnostics.length > 0) process.stderr.write(renderDiagnostics(diagnostics, { sources }));
  if (!inputs || hasErrors(diagnostics)) {
    process.exitCode = 1;
    return;
  }
  sayWhatIsMissing(inputs);
  const outdir = process.env['CDKTF_OUTDIR'] ?? 'cdktf.out';
  synthesise(inputs, outdir);
  await holdAgainstRules(inputs, outdir);
}

/** Stacks are edited by those who own them: what must never be deployed is not handed to Terraform without a word. */
async function holdAgainstRules({ environment }: DeployInputs, outdir: string): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  const { open } = waive(checkRules(await readSynthesised(outdir)), environment.waivers ?? [], today);
  for (const { rule, severity, address, message, hint } of open) {
    process.stderr.write(`${severity} ${rule} ${address}: ${message}\n  ${hint}\n`);
  }
  if (open.some(({ severity }) => severity === 'critical')) process.exitCode = 1;
}

/** The only one that is not a sample; with several, somebody has to say which. */
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
  process.stderr.write(`harbor and edge are left out: ${file} is not there, or not of what is declared; ${next}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
