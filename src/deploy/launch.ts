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
exec "$@"`;

export interface Launch {
  /** Path in the container, or undefined. */
  readonly envFile?: string;
  readonly directory: string;
  /** Content by file name. */
  readonly files: ReadonlyMap<string, string>;
}

/** The entrypoint; the program and its arguments are the container's command. */
export function launchEntrypoint({ envFile = '', directory, files }: Launch): string[] {
  return ['/bin/sh', '-c', SCRIPT, 'launch', envFile, directory, ...[...files].flat(), '--'];
}
