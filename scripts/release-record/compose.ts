import { parse } from 'yaml';

/** The fields of a service in Harbor's Compose file in which our container can differ. */
export interface ComposeService {
  /** The last part of the image's name. */
  readonly image: string;
  readonly env_file: boolean;
  readonly cap_add: readonly string[];
  /** Where something is mounted, in the container. */
  readonly targets: readonly string[];
  readonly depends_on: readonly string[];
  readonly ports: readonly string[];
  readonly shm_size?: string;
}

/** Conditions of the template that are rendered; others do not apply to a Harbor behind Traefik on one host. */
const HOLDS: ReadonlySet<string> = new Set([
  'external_database == False',
  'external_redis == False',
  'with_trivy',
  'metric.enabled',
]);
const FAILS: ReadonlySet<string> = new Set([
  'gcs_keyfile',
  'internal_tls.enabled',
  'uaa_ca_file',
  "protocol == 'https'",
]);

/** @param template Harbor's docker-compose.yml.jinja @throws Error on an unknown condition */
export function readCompose(template: string): Readonly<Record<string, ComposeService>> {
  const { services } = parse(render(template)) as { services: Readonly<Record<string, RawService>> };
  return Object.fromEntries(Object.entries(services).map(([id, service]) => [id, reduced(service)]));
}

interface RawService {
  readonly image: string;
  readonly env_file?: unknown;
  readonly cap_add?: readonly string[];
  readonly volumes?: readonly (string | { readonly target: string })[];
  readonly depends_on?: readonly string[];
  readonly ports?: readonly string[];
  readonly shm_size?: string;
}

function render(template: string): string {
  const open: boolean[] = [];
  const lines: string[] = [];
  for (const line of template.split('\n')) {
    const tag = /^\s*\{%-?\s*(.+?)\s*-?%\}\s*$/.exec(line)?.[1];
    if (tag === undefined) {
      if (open.every(Boolean)) lines.push(line.replaceAll(/\{\{(.+?)\}\}/g, 'X'));
    } else if (tag === 'endif') open.pop();
    else open.push(judge(tag));
  }
  return lines.join('\n');
}

function judge(tag: string): boolean {
  const condition = tag.replace(/^if\s+/, '');
  if (condition === tag || (!HOLDS.has(condition) && !FAILS.has(condition)))
    throw new Error(`the template has an unknown tag: ${tag}`);
  return HOLDS.has(condition);
}

function reduced({ image, env_file, cap_add, volumes, depends_on, ports, shm_size }: RawService): ComposeService {
  return {
    image: image.replace(/^.*\//, '').replace(/:.*$/, ''),
    env_file: env_file !== undefined,
    cap_add: [...(cap_add ?? [])].sort(),
    targets: (volumes ?? []).map((volume) => targetOf(volume)).sort(),
    depends_on: [...(depends_on ?? [])].sort(),
    ports: ports ?? [],
    ...(shm_size !== undefined && { shm_size }),
  };
}

/** `source:target[:mode]`, or a map. */
function targetOf(volume: string | { readonly target: string }): string {
  const target = typeof volume === 'string' ? (volume.split(':')[1] ?? '') : volume.target;
  return target.replace(/(?<=.)\/$/, '');
}
