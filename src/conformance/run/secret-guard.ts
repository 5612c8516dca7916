import { compact } from '../../compact';
import type { Credential } from '../../oci';
import { printable, withoutCommands, withoutControls } from '../../outside/printable';
import { SecretMask } from '../../outside/secret-mask';
import type { ConformanceReporter, ConformanceEvent } from '../model/events';
import type { ConformanceTarget, ProjectTarget, UpstreamOrigin, WriteProbe } from '../model/target';

/**
 * Learns every used secret and removes it from all output. Reports should contain none anyway: this is for values that
 * a server repeats.
 */
export class SecretGuard {
  constructor(private readonly secrets = new SecretMask()) {}

  watch<C extends Credential>(credential: C): C {
    return {
      ...credential,
      password: async () => {
        const secret = await credential.password();
        this.secrets.remember(secret);
        return secret;
      },
    };
  }

  /** The same value, safe to show: see `shownValue`. */
  clean<T>(value: T): T {
    return shownValue(value, this.secrets);
  }

  /** Reports events of a run with the same masking as the report. */
  reporter(reporter: ConformanceReporter): ConformanceReporter {
    return { on: (event: ConformanceEvent) => reporter.on(this.clean(event)) };
  }
}

/** The same value without secrets, control characters and CI commands in any of its strings. */
export function shownValue<T>(value: T, secrets: SecretMask): T {
  // A report names the same URLs, methods and titles hundreds of times.
  const known = { lines: new Map<string, string>(), line: new Map<string, string>() };
  const shown = (key: string, inner: unknown): unknown => {
    if (typeof inner !== 'string') return inner;
    const texts = hasLines(key) ? known.lines : known.line;
    const text = texts.get(inner) ?? withoutCommands(lines(key, secrets.mask(inner)));
    texts.set(inner, text);
    return text;
  };
  return JSON.parse(JSON.stringify(value, shown)) as T;
}

/** Only the message of a result has several lines, one sentence each, and so do the lines of a declaration. */
function lines(key: string, text: string): string {
  return hasLines(key) ? withoutControls(text) : printable(text);
}

function hasLines(key: string): boolean {
  return key === 'message' || key === 'yaml';
}

/** A target whose secrets the guard learns when they are used. */
export function watchSecrets(target: ConformanceTarget, guard: SecretGuard): ConformanceTarget {
  const watched = <C extends Credential>(one: C | undefined): C | undefined => one && guard.watch(one);
  const projects = target.projects.map((project) =>
    compact<ProjectTarget>({
      ...project,
      pullCredential: watched(project.pullCredential),
      robots: project.robots?.map((robot) => guard.watch(robot)),
      writeProbe: project.writeProbe && watchProbe(project.writeProbe, guard),
      origin:
        project.origin &&
        compact<UpstreamOrigin>({ ...project.origin, credential: watched(project.origin.credential) }),
    }),
  );
  return compact<ConformanceTarget>({ ...target, projects, apiCredential: watched(target.apiCredential) });
}

function watchProbe({ robot, likeScanner }: WriteProbe, guard: SecretGuard): WriteProbe {
  return compact({ robot: guard.watch(robot), likeScanner: likeScanner && guard.watch(likeScanner) });
}
