import type { JsonSchema } from '../../kinds/kind';
import { HOST_PATTERN, secret } from './parts';

/**
 *      clients:
 *        prod-nodes:
 *          client: containerd                  a file of src/clients; an unknown one is found by `resolveClient`
 *          for: nodes of the prod cluster      text for people
 *          profile: strict                     default: fallback
 *          registries: [docker.io, ghcr.io]    or { docker.io: proxy.docker.io } if several projects serve one
 *          robot: clusters                     a declared robot, or { name: robot$x, secret: { env: X } }
 *          options: { major: 2 }               the client's own, checked by its own schema
 *
 * `client` and `options` are open here, because this room must not know the clients: `src/app/schema.ts` adds both to
 * the schema that editors get.
 */
export const clientsSection: JsonSchema = {
  title: 'Clients',
  description: 'Clients that pull through the cache; `breakwater clients render` writes their configuration.',
  type: 'object',
  propertyNames: { pattern: '^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$', maxLength: 63 },
  additionalProperties: {
    type: 'object',
    properties: {
      client: {
        description: 'The program, such as containerd, dockerd, podman or k3s.',
        type: 'string',
        minLength: 1,
        maxLength: 64,
      },
      for: {
        description: 'Description for people, such as "nodes of the prod cluster".',
        type: 'string',
        maxLength: 255,
      },
      profile: {
        description: 'If the cache does not serve an image, fallback uses the public registry; strict never does.',
        enum: ['fallback', 'strict'],
        default: 'fallback',
      },
      url: {
        description: 'Base URL under which these clients reach Harbor; default: harbor.url.',
        type: 'string',
        pattern: '^https?://[^/@?#]+/?$',
        maxLength: 2048,
      },
      registries: {
        description:
          'Registries as in image names, or a map of them to projects; default: every registry with a proxy cache project.',
        oneOf: [
          { type: 'array', items: { type: 'string', pattern: HOST_PATTERN, maxLength: 259 }, minItems: 1 },
          {
            type: 'object',
            propertyNames: { pattern: HOST_PATTERN, maxLength: 259 },
            additionalProperties: { type: 'string', minLength: 1, maxLength: 255 },
            minProperties: 1,
          },
        ],
      },
      robot: {
        description:
          'Robot that pulls from private projects: a declared one (clusters, project+name), or one by full name.',
        // Not oneOf: a problem inside the map is reported there, not for the whole value.
        type: ['string', 'object'],
        minLength: 1,
        maxLength: 255,
        properties: {
          name: { description: 'Full name, such as robot$clusters.', type: 'string', minLength: 1, maxLength: 255 },
          secret,
        },
        required: ['name', 'secret'],
        additionalProperties: false,
      },
      options: { description: 'Options of this client: see docs/clients.', type: 'object' },
    },
    required: ['client'],
    additionalProperties: false,
  },
};
