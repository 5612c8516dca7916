/**
 * The script that a container runs before its own program: it reads an env file if there is one, writes files from its
 * arguments, and becomes the program as PID 1. A changed file therefore changes the container, which a plan shows;
 * secrets stay in the env file on the host, and the container's root stays read-only. Arguments: ENV-FILE or empty,
 * DIRECTORY, then NAME CONTENT …, `--`, PROGRAM ARGUMENT …. The shell never parses the values of the env file: spaces,
 * quotes, `$` and backslashes are kept. Error messages name the file, never a line.
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

/** Passes the program one more argument whose value is the first line of a file: it appears in no plan and no state. */
function runWith({ flag, path }: FileFlag): string {
  return [
    `launch_value=; IFS= read -r launch_value <"${path}" || :`,
    `[ -n "$launch_value" ] || { echo "launch: ${path}: nothing in it" >&2; exit 78; }`,
    `exec "$@" "${flag}=$launch_value"`,
  ].join('\n');
}

/** A secret that a program accepts only as a flag. */
export interface FileFlag {
  /** `--name`; the script contains the path, which may only have letters, digits, `.`, `-`, `_` and `/`. */
  readonly flag: string;
  /** Path in the container. */
  readonly path: string;
}

/** What a container does before its program starts. */
export interface Launch {
  /** Path in the container, or undefined. */
  readonly envFile?: string;
  readonly directory: string;
  /** Content by file name. */
  readonly files: ReadonlyMap<string, string>;
  /** An argument that must not appear in a plan. */
  readonly secretFlag?: FileFlag;
}

/** The entrypoint; the program and its arguments are the container's command. */
export function launchEntrypoint({ envFile = '', directory, files, secretFlag }: Launch): string[] {
  const script = SCRIPT + (secretFlag ? runWith(secretFlag) : RUN);
  return ['/bin/sh', '-c', script, 'launch', envFile, directory, ...[...files].flat(), '--'];
}
