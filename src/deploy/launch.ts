/**
 * What a container runs before its own program: reads an env file where there is one, writes the files of its
 * arguments, and becomes the program, as PID 1. So a change of a file is a change of the container, which a plan shows;
 * secrets stay in the env file on the host, and the root of the container stays read-only.
 *
 * Arguments: ENV-FILE or nothing, DIRECTORY, then NAME CONTENT …, `--`, PROGRAM ARGUMENT …. The values of the env file
 * are never parsed by the shell: blanks, quotes, `$` and backslashes survive. A complaint names the file, never a line.
 */
const SCRIPT = `set -eu
launch_env=$1 launch_dir=$2; shift 2
if [ -n "$launch_env" ]; then
  while IFS= read -r launch_line || [ -n "$launch_line" ]; do
    case $launch_line in ''|'#'*) continue ;; *=*) ;; *) echo "launch: $launch_env: line without =" >&2; exit 78 ;; esac
    launch_name=\${launch_line%%=*}
    case $launch_name in ''|[0-9]*|*[!A-Za-z0-9_]*) echo "launch: $launch_env: bad name" >&2; exit 78 ;; esac
    export "$launch_name=\${launch_line#*=}"
  done <"$launch_env"
fi
while [ "$1" != -- ]; do printf '%s\\n' "$2" >"$launch_dir/$1"; shift 2; done
shift
`;

const RUN = 'exec "$@"';

/** Gives the program one more argument, whose value is the first line of a file: no plan and no state has it. */
function runWith({ flag, path }: FileFlag): string {
  return [
    `launch_value=; IFS= read -r launch_value <"${path}" || :`,
    `[ -n "$launch_value" ] || { echo "launch: ${path}: nothing in it" >&2; exit 78; }`,
    `exec "$@" "${flag}=$launch_value"`,
  ].join('\n');
}

export interface FileFlag {
  /** `--name`; with the path it stands in a script: letters, digits, `.`, `-`, `_` and `/` alone. */
  readonly flag: string;
  /** In the container. */
  readonly path: string;
}

export interface Launch {
  /** Path in the container, or undefined. */
  readonly envFile?: string;
  readonly directory: string;
  /** Content by file name. */
  readonly files: ReadonlyMap<string, string>;
  /** An argument that must not be seen in a plan. */
  readonly secretFlag?: FileFlag;
}

/** The entrypoint; the program and its arguments are the container's command. */
export function launchEntrypoint({ envFile = '', directory, files, secretFlag }: Launch): string[] {
  const script = SCRIPT + (secretFlag ? runWith(secretFlag) : RUN);
  return ['/bin/sh', '-c', script, 'launch', envFile, directory, ...[...files].flat(), '--'];
}
