import type { Rule } from '../rule';
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

/** In the order in which they are tried: rules that explain more come first. */
export const RULES: readonly Rule[] = [
  ...REDIRECTS,
  ...CERTIFICATE,
  ...FRONT_DOOR,
  ...EXPOSURE,
  ...POLICY,
  ...MIRROR,
  ...CREDENTIAL,
  ...STORAGE,
  ...REGISTRY,
  ...BLOBS,
  ...PULLS_AT_FRONT,
  ...UPSTREAM,
  ...HARBOR_SIDE,
  ...BYTES,
  ...IMAGE,
];
