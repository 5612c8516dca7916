import type { Rule } from '../rule';
import { API } from './api';
import { BLOBS } from './blobs';
import { BYTES } from './bytes';
import { CERTIFICATE } from './certificate';
import { CREDENTIAL } from './credential';
import { EXPOSURE } from './exposure';
import { FRONT_DOOR } from './front-door';
import { HARBOR_SIDE } from './harbor-side';
import { IMAGE } from './image';
import { MIRROR } from './mirror';
import { POLICY } from './policy';
import { PULLS_AT_FRONT } from './pulls-at-front';
import { REDIRECTS } from './redirects';
import { REGISTRY } from './registry';
import { STORAGE } from './storage';
import { UPSTREAM } from './upstream';
import { UPSTREAM_CONTENT } from './upstream-content';

/**
 * In the order in which they are tried: rules that explain more come first. A response that is not Harbor's own says
 * nothing about Harbor, so the rules about what is in front of it precede those about Harbor.
 *
 *       REDIRECTS        pulls are redirected, while /v2/ itself is served
 *       CERTIFICATE      the certificate of the front door, and the clocks
 *       FRONT_DOOR       responses that are not Harbor's own, or none of Harbor behind a proxy
 *       EXPOSURE         clients may read or write what they must not
 *       POLICY           the project's settings refuse an image, or do not refuse one
 *       MIRROR           mirror domains
 *       CREDENTIAL       robots and their secrets
 *       STORAGE          served, but not cached; components that are down
 *       API              Harbor's API cannot be read
 *       REGISTRY         Harbor's registry differs from the declaration
 *       BLOBS            manifests arrive, layers do not
 *       PULLS_AT_FRONT   a proxy in front responds to pulls, instead of Harbor
 *       UPSTREAM         the upstream fails for this machine as well
 *       UPSTREAM_CONTENT and what it serves instead of an image
 *       HARBOR_SIDE      the upstream serves this machine, and not Harbor
 *       BYTES            wrong bytes, and where they come from
 *       IMAGE            all else about an image
 */
export const RULES: readonly Rule[] = [
  ...REDIRECTS,
  ...CERTIFICATE,
  ...FRONT_DOOR,
  ...EXPOSURE,
  ...POLICY,
  ...MIRROR,
  ...CREDENTIAL,
  ...STORAGE,
  ...API,
  ...REGISTRY,
  ...BLOBS,
  ...PULLS_AT_FRONT,
  ...UPSTREAM,
  ...UPSTREAM_CONTENT,
  ...HARBOR_SIDE,
  ...BYTES,
  ...IMAGE,
];
