import { compact } from '../compact';
import { isDigest } from './digest';

/** The part after the project in an image name: `library/alpine:3.20`, `library/alpine@sha256:…`. */
export interface Image {
  /** Without the project: `library/alpine`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** A full image name: `harbor.example.com/proxy.docker.io/library/alpine:3.20`. */
export interface Reference extends Image {
  /** Host and, if written, port. */
  readonly host: string;
  readonly project: string;
}

/** Names come from people, so a problem is a value to show, not an exception. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

// The distribution specification's grammar, one path component after the other.
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
const MAX_NAME_LENGTH = 255;

/** Parses `repository[:tag][@digest]`; without tag and digest the tag is `latest`, as for every client. */
export function parseImage(text: string): Parsed<Image> {
  const [named = '', digest, ...rest] = text.split('@');
  if (rest.length > 0) return { problem: `"${text}" has more than one @` };
  const colon = named.lastIndexOf(':');
  const repository = colon === -1 ? named : named.slice(0, colon);
  const tag = colon === -1 ? undefined : named.slice(colon + 1);
  if (repository.length > MAX_NAME_LENGTH || !REPOSITORY.test(repository))
    return { problem: `"${repository}" is not a repository name (lower case, digits, and . _ - / between them)` };
  if (tag !== undefined && !TAG.test(tag)) return { problem: `"${tag}" is not a tag` };
  if (digest !== undefined && !isDigest(digest))
    return { problem: `"${digest}" is not a digest (sha256:<64 hex digits>)` };
  return { value: withReference(repository, tag, digest) };
}

function withReference(repository: string, tag: string | undefined, digest: string | undefined): Image {
  if (tag === undefined && digest === undefined) return { repository, tag: 'latest' };
  return compact({ repository, tag, digest });
}

/** Parses `host/project/repository[:tag][@digest]`. The host is required: there is no default Harbor. */
export function parseReference(text: string): Parsed<Reference> {
  const [host = '', project = '', ...rest] = text.split('/');
  if (!HOST.test(host)) return { problem: `"${host}" is not a host name` };
  if (rest.length === 0 || !REPOSITORY.test(project))
    return { problem: `"${text}" lacks a project: expected host/project/repository:tag` };
  const image = parseImage(rest.join('/'));
  return 'problem' in image ? image : { value: { host, project, ...image.value } };
}

/** Whether this may follow `/manifests/`: a tag or a digest, so that it cannot lead to another path. */
export function isManifestReference(text: string): boolean {
  return TAG.test(text) || isDigest(text);
}

/** The value for `/manifests/<here>`: the digest outranks the tag, as in every client. */
export function manifestReference(image: Image): string {
  return image.digest ?? image.tag ?? 'latest';
}

/** The inverse of `parseImage`; a default tag is written out. */
export function formatImage({ repository, tag, digest }: Image): string {
  return `${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}
