import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { cli, directoryWith } from './cli';

/** The command line as an executable for shell scripts. */
export interface CliForScripts {
  readonly path: string;
  close(): void;
}

/**
 * An executable that runs its arguments, environment and directory through `cli` in this process: starting Node for
 * every line of a script takes longer than most of its commands.
 */
export async function startCliForScripts(): Promise<CliForScripts> {
  const server = createServer((request, response) => {
    const job = decodeURIComponent(request.url!.slice(1));
    void runJob(job).then(
      () => response.end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const directory = directoryWith({ 'cli.sh': script((server.address() as AddressInfo).port) });
  const path = join(directory, 'cli.sh');
  chmodSync(path, 0o755);
  return {
    path,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const script = (port: number): string => `#!/bin/bash
job=$(mktemp -d "$(dirname "$0")/job-XXXXXX")
printf '%s\\0' "$PWD" "$@" >"$job/argv"
env -0 >"$job/env"
curl --silent --show-error --fail-with-body --noproxy '*' "http://127.0.0.1:${port}/\${job//\\//%2F}" >&2 || exit 70
cat "$job/err" >&2
cat "$job/out"
exit "$(cat "$job/code")"
`;

async function runJob(job: string): Promise<void> {
  const texts = (name: string): string[] => readFileSync(join(job, name), 'utf8').split('\0').slice(0, -1);
  const [cwd, ...argv] = texts('argv');
  const env = Object.fromEntries(
    texts('env').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const before = process.cwd();
  process.chdir(cwd!);
  const { code, out, err } = await cli(argv, env, cwd).finally(() => process.chdir(before));
  for (const [name, text] of Object.entries({ code: String(code), out, err })) writeFileSync(join(job, name), text);
}
