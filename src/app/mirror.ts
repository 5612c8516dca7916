import { compareText } from '../compare-text';
import { compact } from '../compact';
import { UsageError } from '../errors';
import { stringify } from 'yaml';
import type { Declaration } from '../declaration/declaration';
import {
  nginxMirror,
  shieldProblems,
  toShield,
  traefikFile,
  type Mirror,
  type MirrorWay,
  type NginxFront,
  type ShieldDeclaration,
  type TraefikFileOptions,
} from '../mirror';
import type { AppContext } from './context';
import { loadOrThrow, type PolicySource } from './load';
import { objectsOf } from './objects-of';

/** `auto`: anonymous clients if the project is public, otherwise a robot. */
export type WayChoice = MirrorWay | 'auto';

/** What the declaration leaves open, for all mirrors alike. */
export interface MirrorChoices {
  readonly way: WayChoice;
  readonly login: boolean;
  readonly allowFrom: readonly string[];
}

/** Options of both formats; each uses its own. */
export type RenderMirrorOptions = PolicySource &
  MirrorChoices &
  Omit<NginxFront & TraefikFileOptions, 'harborUrl'> & {
    /** Address of Harbor as seen by the proxy; absent: the declared one. */
    readonly harborUrl?: string;
  };

/**
 * The configuration of every mirror domain that the policies declare.
 * @throws UsageError, DeclarationError
 */
export async function renderMirrors(
  context: AppContext,
  options: RenderMirrorOptions,
  format: 'nginx' | 'traefik',
): Promise<string> {
  const declaration = await loadOrThrow(context, options);
  const harborUrl = options.harborUrl ?? declaration.harbor?.url;
  if (harborUrl === undefined)
    throw new UsageError(`${options.policies} declares no Harbor`, 'pass one: --harbor-url https://harbor.example.com');
  checkBase(harborUrl);
  const mirrors = declaredMirrors(declaration, options);
  if (mirrors.length === 0)
    throw new UsageError(
      `${options.policies} declares no mirror domain`,
      'declare one: projects.<project>.conformance.mirrors: [{ domain: mirror.example.com }]',
    );
  const settings = { ...options, harborUrl };
  if (format === 'traefik') checkShieldUrl(mirrors, options.shieldUrl);
  if (format === 'nginx') return mirrors.map((mirror) => nginxMirror(mirror, settings)).join('\n');
  return stringify(traefikFile(mirrors, settings), { lineWidth: 0, aliasDuplicateObjects: false });
}

/**
 * The domains that conformance verifies, as fronts to generate, by name.
 * @throws UsageError if one is declared twice
 */
export function declaredMirrors(declaration: Declaration, choices: MirrorChoices): Mirror[] {
  const { way, login, allowFrom } = choices;
  const projects = objectsOf(declaration, 'project');
  const isPublic = new Set(projects.filter((project) => project.public).map(({ name }) => name));
  const found = declaration.conformance.flatMap(({ project, mirrors = [] }) =>
    mirrors.map(({ domain, shield }): Mirror => {
      const chosen = way !== 'auto' ? way : isPublic.has(project) ? 'token-redirect' : 'robot';
      if (shield) checkShield(domain, shield, { login, chosen, isPublic: isPublic.has(project) });
      return compact({
        ...addressOf(domain),
        project,
        way: chosen,
        /** Pass the client's own login to Harbor. Only with `token-redirect`. */
        login: login && chosen === 'token-redirect' ? login : undefined,
        /** Networks as CIDR; empty: every client. */
        allowFrom: allowFrom.length > 0 ? allowFrom : undefined,
        shield: shield ? toShield(shield) : undefined,
      });
    }),
  );
  const twice = found.find(({ hostname }, index) => found.findIndex((one) => one.hostname === hostname) < index);
  if (twice)
    throw new UsageError(
      `${twice.hostname} is declared as a mirror domain twice`,
      'give each mirror a host name of its own: the port does not distinguish them',
    );
  return found.sort((a, b) => compareText(a.hostname, b.hostname));
}

/**
 * The cache is shared: responses must be the same for every client.
 * @throws UsageError
 */
function checkShield(
  domain: string,
  shield: ShieldDeclaration,
  { login, chosen, isPublic }: { readonly login: boolean; readonly chosen: MirrorWay; readonly isPublic: boolean },
): void {
  const [problem] = shieldProblems(shield);
  if (problem !== undefined) throw new UsageError(`${domain}: ${problem}`);
  if (chosen === 'robot') return;
  const hint = 'use --way robot, or declare the project public';
  if (!isPublic)
    throw new UsageError(
      `${domain}: a shield shares cached responses between clients, but the project is private`,
      hint,
    );
  if (login)
    throw new UsageError(
      `${domain}: a shield shares cached responses between clients, but with --login they differ`,
      hint,
    );
}

/**
 * Traefik caches nothing.
 * @throws UsageError
 */
function checkShieldUrl(mirrors: readonly Mirror[], url: string | undefined): void {
  const shielded = mirrors.find(({ shield }) => shield !== undefined);
  if (url !== undefined) checkBase(url);
  if (!shielded || url !== undefined) return;
  throw new UsageError(
    `Traefik cannot cache responses, but ${shielded.hostname} is declared with a shield`,
    'render the mirrors for nginx with --plain-port 8080, run it beside Traefik, and pass --shield-url http://HOST:8080',
  );
}

/** A path would be dropped: the requests of clients begin with `/v2/`. @throws UsageError */
function checkBase(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBase = url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (!isBase)
    throw new UsageError(`"${text}" is not the base URL of a server`, 'pass https://HOST or https://HOST:PORT');
}

function addressOf(domain: string): Pick<Mirror, 'hostname' | 'port'> {
  // The schema accepts any five digits.
  if (!URL.canParse(`https://${domain}`)) throw new UsageError(`"${domain}" is not a valid host and port`);
  const { hostname, port } = new URL(`https://${domain}`);
  return compact({ hostname, port: port !== '' ? Number(port) : undefined });
}
