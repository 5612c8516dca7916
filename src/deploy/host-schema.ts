/** The `host:` section: how the Docker of the machine is reached. */
export interface HostEnvironment {
  /** Name or address for ssh. */
  readonly address?: string;
  readonly user?: string;
  readonly port?: number;
  readonly identity_file?: string;
  /** The Docker of this machine, without ssh: labs and tests. */
  readonly local?: true;
}

export const hostSchema = {
  description: 'The machine that runs Harbor. Its Docker is reached by ssh; the user must be in its group docker.',
  type: 'object',
  properties: {
    address: {
      description: 'Host name or IP address for ssh.',
      type: 'string',
      pattern: '^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$',
      maxLength: 253,
    },
    user: { description: 'The user for ssh.', type: 'string', pattern: '^[a-z_][a-z0-9_-]{0,31}$', default: 'deploy' },
    port: { description: 'The port of sshd.', type: 'integer', minimum: 1, maximum: 65535, default: 22 },
    identity_file: {
      description: 'A private key on the machine that deploys, readable by its owner only; ssh chooses when absent.',
      type: 'string',
      minLength: 1,
      maxLength: 4096,
    },
    local: { description: 'Use the Docker of this machine, without ssh: labs only.', const: true },
  },
  oneOf: [{ required: ['address'] }, { required: ['local'] }],
  additionalProperties: false,
} as const;
