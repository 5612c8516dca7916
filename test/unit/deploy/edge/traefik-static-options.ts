/**
 * Static options of Traefik 3.7 with the type of each, as far as a front of ours may use them. Read from its fields (pkg/config/static,
 * pkg/provider/acme, pkg/types at v3.7.13) and its reference (docs/content/reference/install-configuration). A name of ours, such
 * as that of an entry point, is `*`. An unknown option or a value of another type ends Traefik at its start.
 */
type OptionType = 'text' | 'flag' | 'number' | 'duration' | 'list';

const ENTRY_POINT: Readonly<Record<string, OptionType>> = {
  address: 'text',
  'forwardedHeaders.trustedIPs': 'list',
  // Since 3.7.12.
  'http.aliasHeadersStrategy': 'text',
  'http.encodedCharacters.allowEncodedBackSlash': 'flag',
  'http.encodedCharacters.allowEncodedNullCharacter': 'flag',
  'proxyProtocol.trustedIPs': 'list',
  'transport.lifeCycle.graceTimeOut': 'duration',
  'transport.respondingTimeouts.readTimeout': 'duration',
};

const ACME: Readonly<Record<string, OptionType>> = {
  caCertificates: 'list',
  caServer: 'text',
  certificatesDuration: 'number',
  'dnsChallenge.propagation.delayBeforeChecks': 'duration',
  'dnsChallenge.propagation.disableANSChecks': 'flag',
  'dnsChallenge.propagation.disableChecks': 'flag',
  'dnsChallenge.propagation.requireAllRNS': 'flag',
  'dnsChallenge.provider': 'text',
  'dnsChallenge.resolvers': 'list',
  'eab.hmacEncoded': 'text',
  'eab.kid': 'text',
  email: 'text',
  'httpChallenge.entryPoint': 'text',
  keyType: 'text',
  storage: 'text',
  // A section without an option that is needed: naming it turns it on.
  tlsChallenge: 'flag',
};

const below = (prefix: string, options: Readonly<Record<string, OptionType>>): [string, OptionType][] =>
  Object.entries(options).map(([name, type]) => [`${prefix}.${name}`, type]);

export const TRAEFIK_STATIC_OPTIONS: ReadonlyMap<string, OptionType> = new Map<string, OptionType>([
  ['accessLog.fields.headers.names.*', 'text'],
  ['accessLog.format', 'text'],
  ['global.checkNewVersion', 'flag'],
  ['global.sendAnonymousUsage', 'flag'],
  ['log.format', 'text'],
  ['log.level', 'text'],
  ['metrics.prometheus.addRoutersLabels', 'flag'],
  ['metrics.prometheus.entryPoint', 'text'],
  ['ping.entryPoint', 'text'],
  ['providers.file.directory', 'text'],
  ['providers.file.watch', 'flag'],
  ['serversTransport.forwardingTimeouts.dialTimeout', 'duration'],
  ['serversTransport.forwardingTimeouts.idleConnTimeout', 'duration'],
  ...below('entryPoints.*', ENTRY_POINT),
  ...below('certificatesResolvers.*.acme', ACME),
]);

const VALUE: Readonly<Record<OptionType, RegExp>> = {
  text: /^[^\s]+$/,
  flag: /^(true|false)$/,
  number: /^[0-9]+$/,
  // A bare number is seconds.
  duration: /^([0-9]+(ms|s|m|h))+$|^[0-9]+$/,
  list: /^[^\s,]+(,[^\s,]+)*$/,
};

/** What Traefik would not take of an argument; undefined where it takes it. */
export function faultOfFlag(flag: string): string | undefined {
  const [, path = '', value = ''] = /^--([^=]+)=(.*)$/s.exec(flag) ?? [];
  const known = [...TRAEFIK_STATIC_OPTIONS].find(([option]) => matches(option, path));
  if (!known) return `${path} is not an option of Traefik`;
  return VALUE[known[1]].test(value) ? undefined : `${value} is not a ${known[1]}, as ${path} needs`;
}

function matches(option: string, path: string): boolean {
  const [wanted, given] = [option.split('.'), path.split('.')];
  return wanted.length === given.length && wanted.every((part, index) => part === '*' || part === given[index]);
}
