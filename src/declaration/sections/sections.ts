import { shieldSchema } from '../../mirror/shield';
import type { JsonSchema } from '../../kinds/kind';
import { clientsSection } from './clients';
import type { Site } from './placement-path';
import { organisationSection, RULE_ID } from './organisation';
import { specFields } from './spec-fields';
import { HOST_PATTERN, secret } from './parts';

/**
 * Who Breakwater is to this Harbor. Both a robot and a user may be declared: each kind then uses the one that may do
 * what it needs (docs/harbor-behavior.md 3.1 lists what no robot can do).
 */
const harborSection: JsonSchema = {
  title: 'The Harbor of these policies',
  description: 'A robot is the recommended identity; a user is needed for configuration and for changing robots.',
  type: 'object',
  properties: {
    url: {
      description: 'Base URL of Harbor, such as https://harbor.example.com.',
      type: 'string',
      minLength: 1,
      maxLength: 2048,
    },
    version: {
      description: 'Version of this Harbor, such as "2.14"; validate reports fields that it does not support.',
      type: 'string',
      pattern: '^v?[0-9]+\\.[0-9]+(\\.[0-9]+)?$',
      maxLength: 32,
    },
    username: { description: 'A Harbor user, such as admin.', type: 'string', minLength: 1, maxLength: 255 },
    password: secret,
    robot: {
      description: 'A robot, by its full name, such as robot$gitops.',
      type: 'object',
      properties: {
        name: { description: 'Full name, such as robot$gitops.', type: 'string', minLength: 1, maxLength: 255 },
        secret,
      },
      required: ['name', 'secret'],
      additionalProperties: false,
    },
    ca_file: {
      description: 'PEM file of a private certificate authority, relative to the policies directory.',
      type: 'string',
      minLength: 1,
      maxLength: 4096,
    },
  },
  required: ['url'],
  dependentRequired: { username: ['password'], password: ['username'] },
  additionalProperties: false,
};

/** A waiver names one rule and one object, and ends: a general one would hide the next finding. */
const waiversSection: JsonSchema = {
  title: 'Waivers',
  description: 'Accepted findings of the rules (`breakwater rules`), each with an owner and an end date.',
  type: 'array',
  items: {
    type: 'object',
    properties: {
      rule: { description: 'Id of the rule, such as HP024.', type: 'string', pattern: RULE_ID, maxLength: 16 },
      object: {
        description: 'The exact address, such as project/proxy.docker.io.',
        type: 'string',
        minLength: 3,
        maxLength: 600,
      },
      reason: { description: 'Reason, at least ten characters.', type: 'string', minLength: 10, maxLength: 1000 },
      owner: { description: 'Person or team that is responsible.', type: 'string', minLength: 1, maxLength: 255 },
      expires: {
        description: 'a date as YYYY-MM-DD',
        type: 'string',
        pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
        maxLength: 10,
      },
    },
    required: ['rule', 'object', 'reason', 'owner', 'expires'],
    additionalProperties: false,
  },
};

/** Unlike a waiver it may be a pattern and has no end: it is about objects that someone else manages. */
const unmanagedSection: JsonSchema = {
  title: 'Accepted in Harbor without being declared',
  description: 'Objects that plan and drift list separately and never delete.',
  type: 'array',
  items: {
    type: 'object',
    properties: {
      object: {
        description: 'Address or pattern, where * matches any text, such as robot/ci-*.',
        type: 'string',
        pattern: '^[a-z-]+/.+$',
        minLength: 3,
        maxLength: 600,
      },
      reason: { description: 'Reason, at least ten characters.', type: 'string', minLength: 10, maxLength: 1000 },
    },
    required: ['object', 'reason'],
    additionalProperties: false,
  },
};

/** Key below a named object of a kind that Harbor can rename. */
export const RENAMED_FROM = 'renamed_from';

/** The value of `renamed_from`. Only kinds with `renames: true` have the key; others are told what to do instead. */
export const renamedFromSchema: JsonSchema = {
  description: 'Previous name: Harbor renames the object in place. Remove it when every Harbor has the new name.',
  type: 'string',
  minLength: 1,
  maxLength: 255,
};

/** Keys that every declared object with a name may have. */
export const protectSchema: JsonSchema = {
  description: 'Never replace or delete this object or its children.',
  type: 'boolean',
};

/** A tag or a digest is required: a bare name would silently mean `latest`. */
const pulledImages = (description: string): JsonSchema => ({
  description,
  type: 'array',
  items: {
    description: 'repository:tag or repository@sha256:…, such as library/alpine:3.20',
    type: 'string',
    pattern: '^[a-z0-9][a-z0-9._/-]*(?::[A-Za-z0-9_][A-Za-z0-9._-]*|@sha256:[0-9a-f]{64})$',
    maxLength: 512,
  },
});

/**
 * It must have the permission to push: a refusal for a missing permission comes first (docs/harbor-behavior.md 10.11) and
 * would prove nothing about the project.
 */
const probeRobot = {
  robot: {
    description: 'Full name of a robot that may push, such as robot$proxy.docker.io+probe.',
    type: 'string',
    minLength: 1,
    maxLength: 255,
  },
  secret,
};

const writeProbeSchema: JsonSchema = {
  description:
    'Robot for write tests: W1 to W3 try to write with it and expect a refusal; they run only if it is declared.',
  type: 'object',
  properties: {
    ...probeRobot,
    like_scanner: {
      description: "Second robot for W2, with a name that begins like those of the scanner's robots.",
      type: 'object',
      properties: probeRobot,
      required: ['robot', 'secret'],
      additionalProperties: false,
    },
  },
  required: ['robot', 'secret'],
  additionalProperties: false,
};

const vulnerabilitySchema: JsonSchema = {
  description: 'Images that prevent_vul must refuse or allow once they are cached (V1 to V5).',
  type: 'object',
  properties: {
    refused: pulledImages('Images with CVEs at or above the severity.'),
    unscanned: pulledImages('Images that can be scanned but are not, so they are refused.'),
    allowed: pulledImages('Images whose CVEs are all allowlisted or below the severity.'),
    refuse_first_pull: {
      description: 'Fail if the first pull is served; otherwise that is a known deviation of Harbor.',
      type: 'boolean',
    },
    egress_closed: {
      description: 'Fail if the upstream can be reached directly from where conform runs.',
      type: 'boolean',
    },
  },
  additionalProperties: false,
};

/** `conformance:` below a project: which images prove that it works, for which platforms, and with which helpers. */
export const conformanceSchema: JsonSchema = {
  title: 'Proof by pulling',
  description: 'What the conformance run pulls through this project.',
  type: 'object',
  properties: {
    pull: pulledImages('Images below the project.'),
    platforms: {
      description: 'Platforms to pull; default: linux/amd64',
      type: 'array',
      items: {
        description: 'os/arch or os/arch/variant, such as linux/arm64',
        type: 'string',
        pattern: '^[a-z0-9]+/[a-z0-9]+(?:/[a-z0-9]+)?$',
        maxLength: 64,
      },
      minItems: 1,
    },
    mirrors: {
      description: 'Domains that serve this project without its name in the path, for clients that cannot add a path.',
      type: 'array',
      items: {
        type: 'object',
        properties: {
          domain: {
            description: 'host or host:port, served with TLS',
            type: 'string',
            pattern: HOST_PATTERN,
            maxLength: 259,
          },
          serves: {
            description: 'Registry that clients pull from through this domain; default: docker.io',
            type: 'string',
            pattern: HOST_PATTERN,
            maxLength: 259,
          },
          shield: shieldSchema,
        },
        required: ['domain'],
        additionalProperties: false,
      },
    },
    canary: {
      description: 'Control interface of the canary that is the upstream of this project, for scenarios.',
      type: 'object',
      properties: {
        url: {
          description: 'Such as https://canary.example.com:5443; use http only on a trusted network.',
          type: 'string',
          pattern: '^https?://[^/@?#]+/?$',
          maxLength: 2048,
        },
        token: secret,
        ca_file: {
          description: 'PEM file of a private certificate authority, relative to the policies directory.',
          type: 'string',
          minLength: 1,
          maxLength: 4096,
        },
      },
      required: ['url', 'token'],
      additionalProperties: false,
    },
    write_probe: writeProbeSchema,
    vulnerability: vulnerabilitySchema,
  },
  required: ['pull'],
  additionalProperties: false,
};

/** The sections at the top of a declaration that belong to no kind of Harbor, but to Breakwater. */
export function ownSections(sites: readonly Site[], defaults: JsonSchema): Record<string, JsonSchema> {
  return {
    harbor: harborSection,
    clients: clientsSection,
    defaults,
    prune: pruneSection(sites),
    unmanaged: unmanagedSection,
    waivers: waiversSection,
    rules: organisationSection(specFields(sites)),
  };
}

/** `prune: { robots: true }`: closed, because a misspelled kind would silently never be deleted. */
function pruneSection(sites: readonly Site[]): JsonSchema {
  const names = [...pruneNames(sites).keys()].sort();
  return {
    title: 'What may be deleted',
    description: 'With --mode sync, objects of these kinds that are not declared are deleted.',
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'boolean' }])),
    additionalProperties: false,
  };
}

/** Names under `prune`: a kind or its section; both mean the kind. */
export function pruneNames(sites: readonly Site[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { kind, steps } of sites) {
    if (!kind.deletable) continue;
    const section = steps.findLast((step) => step !== '*' && step !== '[]');
    names.set(kind.name, kind.name);
    if (section !== undefined) names.set(section, kind.name);
  }
  return names;
}
