import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SERVICES } from '../../src/deploy/harbor';
import { directoryWith } from '../support/cli';

/** Each writes down how it was started. `$0` is the name under which it lies in the directory of the PATH. */
const LOG = `what="\${0##*/} $*"; echo "$what" >> "$PWD/started.log"; test ! -e strike-before || . ./strike-before`;
/** A test has the program do something there, such as kill the run that started it: `strike-before`, `strike-after`. */
const STRIKE = `test ! -e strike-after || . ./strike-after`;

/**
 * Stands in for Terraform: a stack has changes until it was applied, or until `done/<stack>` is there. With
 * `fails/<stack>` there its apply fails and leaves `tainted.json` as its next plan, with `waits/<stack>` it takes until
 * that is gone. What is untainted is well.
 */
const TERRAFORM_DOUBLE = `#!/bin/sh
${LOG}
stack=\${1##*/}
case "$2 $*" in
  plan*-destroy*) echo "terraform-double: plan to destroy $stack"; exit 2 ;;
  plan*) test ! -e no-plan || { echo 'terraform-double: Error pinging Docker server' >&2; exit 1; }
    echo "terraform-double: plan of $stack"; test -e "done/$stack" && exit 0; exit 2 ;;
  show*) test -e plan-adopted.json && test -e "cdktf.out/stacks/$stack/adopt.tf.json" && exec cat plan-adopted.json; test -e "plan-$stack.json" && exec cat "plan-$stack.json"; IFS= read -r plan <plan.json; printf '%s\\n' "$plan" ;;
  untaint*) cp after-untaint.json plan.json; rm -f "fails/$stack" ;;
  apply*)
    test -e "waits/$stack" && { trap 'echo "terraform-double: terminated"; exit 1' TERM; touch applying; for i in $(seq 1100); do test -e "waits/$stack" || break; sleep 0.1; done; }
    test -e "fails/$stack" && { test ! -e tainted.json || cp tainted.json plan.json; echo "terraform-double: apply failed" >&2; exit 1; }; test -d done || mkdir done; : >"done/$stack" ;;
esac
${STRIKE}
`;

/** Stands in for the playbooks: those that run prepare write back what it made. */
const ANSIBLE_DOUBLE = `#!/bin/sh
${LOG}
case "$1" in *host.yml | *restore.yml) test -d stacks/prepared || mkdir -p stacks/prepared; IFS= read -r made <prepared-by-host.json; printf %s "$made" >stacks/prepared/prod.json ;; esac
${STRIKE}
`;

/**
 * Fails as ssh does where \`ssh-says\` is there. Who lives on the host is in \`occupants\`, why it does not say in \`silent\`.
 * How the host does not fit is in \`unfit\`, why its Docker cannot be used in \`no-docker\`. What Docker says of harbor-core are the lines of \`core\`, one at a time; the last stays, and \`gone\` is a Docker that does not answer.
 * What lies in the directory of its database is in \`database\`, the newest lines of its logs in \`logs\`.
 * Its lock is a real one in the directory \`host\`, where that is there; otherwise no other run wants it. Why there is none is in \`no-lock\`.
 * Its containers and networks are in \`existing\`, its images in \`images-on-host\`; those of \`used-images\` are in use.
 */
const SSH_DOUBLE = `#!/bin/sh
${LOG}
if ! test -e ssh-says; then
  case "$*" in
    *--hold=* | *--ask=*) test ! -e no-lock || { cat no-lock >&2; exit 127; }
      if test -e host; then for last; do :; done; sed -u "s#/run/lock#$PWD/host#" | eval "$last"; exit; fi; case "$*" in *--hold=*) echo '{"state":"held"}' ;; esac; exec cat >/dev/null ;;
    *"docker inspect"*harbor-core*)
      test "$(head -1 core 2>/dev/null)" != gone || { sed -i 1d core; echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2; exit 1; }
      test ! -e core || { head -1 core; test "$(wc -l <core)" = 1 || sed -i 1d core; } ;;
    *--needs=*) test ! -e unfit || cat unfit ;;
    *du\\ -sk*) test ! -e database || cat database ;;
    *"docker logs"*) test ! -e logs || cat logs ;;
    *"docker version"*) test ! -e no-docker || { cat no-docker >&2; exit 1; } ;;
    *"docker container ls"*) test ! -e existing || cat existing ;;
    *"docker image ls"*) test ! -e images-on-host || cat images-on-host ;;
    *"docker image rm"*) for used in $(cat used-images 2>/dev/null); do case "$*" in *"$used"*) echo "conflict: image is in use" >&2; exit 1 ;; esac; done ;;
    *python3*) test ! -e occupants || cat occupants; test ! -e silent || { cat silent >&2; exit 1; } ;;
  esac
  exit 0
fi
cat ssh-says >&2
exit 255
`;

/** Writes every stack that is not in `left-out`. A shell starts in a tenth of the time of Node. */
const SYNTH_DOUBLE = `#!/bin/sh
echo "synth $BREAKWATER_ENVIRONMENT" >> started.log
test ! -e notice || cat notice
for stack in machine images harbor edge cluster; do
  test -e "left-out/$stack" || set -- "$@" "cdktf.out/stacks/$stack"
done
test $# = 0 || mkdir -p "$@"
for directory; do
  if test -e stack.json; then cp stack.json "$directory/cdk.tf.json"; else echo '{}' >"$directory/cdk.tf.json"; fi
done
`;

/** Stands in for Node if the script is a double, too. */
const NODE_DOUBLE = `#!/bin/sh
read -r first < "$1"
test "$first" = '#!/bin/sh' && exec /bin/sh "$@"
exec '${process.execPath}' "$@"
`;

export interface ProjectDouble {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** What was started since the last call, in order. */
  started(): string[];
  write(file: string, content: string): void;
  remove(file: string): void;
}

export const ENVIRONMENT =
  'harbor: { version: v2.15.2, hostname: harbor.corp.internal }\nhost: { address: vm.corp.internal }\n';

/** A repository whose tools are doubles. */
export function projectDouble(environment = ENVIRONMENT, preparedVersion = 'v2.15.2'): ProjectDouble {
  const directory = directoryWith({
    'stacks/environments/prod.yaml': environment,
    'stacks/images.yaml': imagesYaml(),
    'dist/stacks/main.js': SYNTH_DOUBLE,
    'ansible/playbooks/host.yml': '',
    'bin/node': NODE_DOUBLE,
    'bin/terraform': TERRAFORM_DOUBLE,
    'bin/ansible-playbook': ANSIBLE_DOUBLE,
    'bin/ssh': SSH_DOUBLE,
    'prepared-by-host.json': preparedJson(preparedVersion),
    'plan.json': '{"format_version":"1.2"}',
    'after-untaint.json': '{"format_version":"1.2"}',
  });
  for (const name of ['node', 'terraform', 'ansible-playbook', 'ssh']) chmodSync(join(directory, 'bin', name), 0o755);
  const log = join(directory, 'started.log');
  const system = ['/usr/local/bin', '/usr/bin', '/bin'];
  return {
    directory,
    env: { PATH: [join(directory, 'bin'), ...system].join(':') },
    started() {
      const lines = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
      rmSync(log, { force: true });
      return lines;
    },
    write(file, content) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), content);
    },
    remove: (file) => rmSync(join(directory, file), { recursive: true, force: true }),
  };
}

/** @param core the image of core */
export function imagesYaml(core = 'goharbor/core:v2.15.2'): string {
  const pin = (name: string): string => `{ image: "${name}@sha256:${'a'.repeat(64)}" }`;
  const others = SERVICES.filter((id) => id !== 'core').map((id) => `    ${id}: ${pin(`goharbor/${id}:v2.15.2`)}\n`);
  return `harbor:\n  v2.15.2:\n    core: ${pin(core)}\n${others.join('')}traefik: ${pin('traefik:v3.7.9')}\n`;
}

export function preparedJson(harborVersion: string): string {
  return JSON.stringify({
    schemaVersion: 1,
    harborVersion,
    hostname: 'harbor.corp.internal',
    dataVolume: '/data',
    preparedDirectory: '/opt/harbor/prepared',
    services: { core: 'a'.repeat(64) },
  });
}

export function backupJson(over: object = {}): string {
  return JSON.stringify({
    schemaVersion: 1,
    takenAt: new Date().toISOString(),
    harborVersion: 'v2.14.4',
    hostname: '127.0.0.1',
    parts: [{ name: 'database', sizeBytes: 1, sha256: 'a'.repeat(64) }],
    verified: true,
    ...over,
  });
}
