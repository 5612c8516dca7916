import { join } from 'node:path';
import { environmentNames, hasErrors, loadInputs, renderDiagnostics, type DeployInputs } from '../src/index';
import { synthesise } from './synthesise';

const SAMPLE = 'example';

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
  synthesise(inputs, process.env['CDKTF_OUTDIR'] ?? 'cdktf.out');
}

/** The only one that is not the sample; with several, somebody has to say which. */
async function environmentName(directory: string): Promise<string> {
  const asked = process.env['BREAKWATER_ENVIRONMENT'];
  if (asked !== undefined && asked !== '') return asked;
  const own = (await environmentNames(directory)).filter((name) => name !== SAMPLE);
  if (own.length > 1) {
    throw new Error(`several environments (${own.join(', ')}): say which by BREAKWATER_ENVIRONMENT=NAME`);
  }
  return own[0] ?? SAMPLE;
}

function sayWhatIsMissing({ environment, prepared }: DeployInputs): void {
  if (prepared) return;
  const file = `stacks/prepared/${environment.name}.json`;
  const next = `run ansible-playbook ansible/playbooks/host.yml -e @stacks/environments/${environment.name}.yaml`;
  process.stderr.write(`harbor and edge are left out: ${file} is not there, or not of what is declared; ${next}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
