import type { ClientFile, RenderInput, RobotLogin, Upstream } from '../client';

/** For files without a secret: the client may run as another user. */
export const PUBLIC_MODE = 0o644;
/** For files with a login: only their owner can read them. */
export const SECRET_MODE = 0o600;

/** Readable for everyone unless `more` says otherwise. A file with a secret needs `mode: SECRET_MODE`. */
export function file(path: string, content: string, more: Partial<Pick<ClientFile, 'mode' | 'note'>> = {}): ClientFile {
  return { path, mode: PUBLIC_MODE, content, ...more };
}

/**
 * `Basic …` of a robot whose secret was requested.
 * RFC 7617. `undefined` without a secret: the file is then rendered without a login, and a warning says so.
 */
export function basicAuthorization({ username, secret }: RobotLogin): string | undefined {
  return secret === undefined ? undefined : `Basic ${Buffer.from(`${username}:${secret}`, 'utf8').toString('base64')}`;
}

/** Host and port under which the clients reach Harbor. */
export function harborHost({ harborUrl }: Pick<RenderInput, 'harborUrl'>): string {
  return new URL(harborUrl).host;
}

/** `harbor.example.com/proxy.docker.io`: the prefix of a repository. */
export function projectPath(input: Pick<RenderInput, 'harborUrl'>, { project }: Pick<Upstream, 'project'>): string {
  return `${harborHost(input)}/${project}`;
}

/** The path form for containerd, BuildKit and others that treat the path as complete. */
export function projectUrl(
  { harborUrl }: Pick<RenderInput, 'harborUrl'>,
  { project }: Pick<Upstream, 'project'>,
): string {
  return `${harborUrl}/v2/${project}`;
}

/**
 * What is missing for private projects: a robot, or its secret.
 * Empty if every project is public.
 * @param how for clients that cannot log in: what to do instead. It replaces the usual sentences.
 */
export function credentialWarnings({ upstreams, robot }: RenderInput, how?: string): string[] {
  const hidden = upstreams.filter(({ isPublic }) => !isPublic).map(({ project }) => project);
  if (hidden.length === 0) return [];
  const projects = `${hidden.join(', ')} ${hidden.length === 1 ? 'is' : 'are'} private`;
  if (how !== undefined) return [`${projects}: ${how}`];
  if (!robot) return [`${projects}, and no robot is declared for these clients: pulls are refused. Declare robot:`];
  return robot.secret === undefined
    ? [`${projects}: run again with --with-secrets to write the login of ${robot.username} (mode 0600)`]
    : [];
}
