/**
 * Traefik 3.7's dynamic configuration, as its reference for the file provider has it: what of it stands in a
 * configuration of ours, and not a key more. Traefik itself ignores no key it does not know: the whole file is refused.
 */
const texts = { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 };
const headers = { type: 'object', additionalProperties: { type: 'string' }, minProperties: 1 };
const certificate = object({ certFile: path(), keyFile: path() }, ['certFile', 'keyFile']);

export const traefikDynamicSchema = object({
  http: object({
    routers: mapOf(
      object(
        {
          entryPoints: { type: 'array', items: { enum: ['web', 'websecure'] }, minItems: 1 },
          rule: { type: 'string', pattern: '^(!?[A-Za-z]+\\(`[^`]*`(, `[^`]*`)*\\)|&&|\\|\\||[() ])+$' },
          priority: { type: 'integer', minimum: 1 },
          middlewares: texts,
          service: { type: 'string', minLength: 1 },
          tls: object({ certResolver: { type: 'string', minLength: 1 } }),
        },
        ['entryPoints', 'rule', 'service'],
      ),
    ),
    middlewares: mapOf({
      oneOf: [
        only('redirectScheme', object({ scheme: { const: 'https' }, permanent: { type: 'boolean' } }, ['scheme'])),
        only('redirectRegex', regexReplacement()),
        only('replacePathRegex', regexReplacement()),
        only(
          'ipAllowList',
          object({ sourceRange: texts, ipStrategy: object({ excludedIPs: texts }, ['excludedIPs']) }, ['sourceRange']),
        ),
        only(
          'headers',
          object({ customRequestHeaders: headers, customResponseHeaders: headers, stsSeconds: { type: 'integer' } }),
        ),
      ],
    }),
    services: mapOf(
      only(
        'loadBalancer',
        object(
          {
            servers: {
              type: 'array',
              items: object({ url: { type: 'string', pattern: '^http://[a-z0-9.]+:[0-9]+$' } }, ['url']),
              minItems: 1,
            },
          },
          ['servers'],
        ),
      ),
    ),
  }),
  tls: object({
    certificates: { type: 'array', items: certificate, minItems: 1 },
    options: mapOf(
      object({
        minVersion: { enum: ['VersionTLS12', 'VersionTLS13'] },
        cipherSuites: texts,
        clientAuth: object(
          {
            caFiles: { type: 'array', items: path(), minItems: 1 },
            clientAuthType: {
              enum: [
                'NoClientCert',
                'RequestClientCert',
                'RequireAnyClientCert',
                'VerifyClientCertIfGiven',
                'RequireAndVerifyClientCert',
              ],
            },
          },
          ['caFiles', 'clientAuthType'],
        ),
      }),
    ),
    stores: mapOf(object({ defaultCertificate: certificate })),
  }),
});

function object(properties: object, required: readonly string[] = []): object {
  return { type: 'object', properties, required, additionalProperties: false };
}

function only(key: string, value: object): object {
  return object({ [key]: value }, [key]);
}

/** A name in one file belongs to the file provider: an `@` would make it another's. */
function mapOf(value: object): object {
  return { type: 'object', propertyNames: { pattern: '^[^@\\s]+$' }, additionalProperties: value };
}

function regexReplacement(): object {
  const text = { type: 'string', minLength: 1 };
  return object({ regex: text, replacement: text }, ['regex', 'replacement']);
}

function path(): object {
  return { type: 'string', pattern: '^/' };
}
