import { loadInputs, type DeployInputs, type EdgeEnvironment } from '../../../src';
import { ACME, ENVIRONMENTS, FILES, LAB, SHIELDED } from '../deploy/edge/environments';
import { synth, type StackJson } from './synth';

interface Container {
  readonly command: readonly string[];
  readonly entrypoint: readonly string[];
  readonly labels: readonly { readonly label: string; readonly value: string }[];
  readonly [property: string]: unknown;
}

describe('the stack edge', () => {
  let inputs: DeployInputs;
  beforeAll(async () => {
    const loaded = await loadInputs('stacks', 'example');
    inputs = loaded.inputs!;
  });

  function synthesised(edge: EdgeEnvironment): { stack: StackJson; container: Container } {
    const environment = { ...inputs.environment, edge };
    const stack = synth({ ...inputs, environment }).stacks['edge']!;
    return { stack, container: stack.resource['docker_container']!['traefik'] as unknown as Container };
  }

  function specOf(edge: EdgeEnvironment): string | undefined {
    return synthesised(edge).container.labels.find(({ label }) => label === 'io.breakwater.spec')?.value;
  }

  it.each(ENVIRONMENTS)('%s: is one container, hardened, with nothing but its ports published', (_, edge) => {
    const { container } = synthesised(edge);
    expect(container).toMatchObject({
      name: 'traefik',
      image: expect.stringMatching(/^traefik:v3\.7\.\d+@sha256:[0-9a-f]{64}$/),
      user: '65532:65532',
      read_only: true,
      capabilities: { drop: ['ALL'] },
      security_opts: ['no-new-privileges:true'],
      restart: 'always',
      wait: true,
      stop_timeout: 30,
      destroy_grace_seconds: 30,
      networks_advanced: [{ name: '${data.docker_network.network-edge.id}' }],
    });
    expect(container).not.toHaveProperty('upload');
    expect(container).not.toHaveProperty('env');
  });

  it.each(ENVIRONMENTS)('%s: stops at the plan if the image is not on the host', (_, edge) => {
    const images = Object.values(synthesised(edge).stack.data!['docker_image']!);
    expect(images.map(({ name }) => name)).toEqual([inputs.traefik.image]);
  });

  it('publishes 80 and 443 everywhere, and the metrics at their address alone', () => {
    expect(synthesised(ACME).container['ports']).toEqual([
      { external: 80, internal: 8080 },
      { external: 443, internal: 8443 },
      { external: 9100, internal: 9100, ip: '10.1.2.3' },
    ]);
  });

  it.each(ENVIRONMENTS)('%s: has no template of Terraform’s left in it', (_, edge) => {
    const { entrypoint, command } = synthesised(edge).container;
    expect([...entrypoint, ...command].filter((word) => /(?<!\$)\$\{|(?<!%)%\{/.test(word))).toEqual([]);
    expect(entrypoint[2]).toContain('$${launch_line%%=*}');
  });

  it.each<[string, EdgeEnvironment, boolean]>([
    ['another mount', { ...ACME, client_certificate: { ca_file: '/srv/pki/clients.crt' } }, true],
    ['one mirror less', { ...ACME, mirrors: [] }, true],
    ['another address of the metrics', { ...ACME, metrics: { address: '127.0.0.1:9100' } }, false],
  ])('%s is another container: the label changes where the provider would not see it', (_, edge, byLabel) => {
    const [before, after] = [synthesised(ACME).container, synthesised(edge).container];
    expect(specOf(edge) !== specOf(ACME)).toBe(byLabel);
    // All of these force a new container by themselves (docs/harbor-behavior.md 11.6).
    const forcing = ({ entrypoint, command, ports, labels }: Container) =>
      JSON.stringify([entrypoint, command, ports, labels]);
    expect(forcing(after)).not.toBe(forcing(before));
  });

  describe('with a shield', () => {
    const shielded = (): ReturnType<typeof synth> =>
      synth({ ...inputs, environment: { ...inputs.environment, edge: SHIELDED } });

    it('has Harbor’s own nginx next to Traefik, hardened, only on the edge network, without published ports', () => {
      const { stack } = synthesised(SHIELDED);
      const container = stack.resource['docker_container']!['shield'] as unknown as Container;
      expect(container).toMatchObject({
        name: 'shield',
        image: inputs.pins.proxy?.image,
        user: '10000:10000',
        read_only: true,
        capabilities: { drop: ['ALL'] },
        security_opts: ['no-new-privileges:true'],
        wait: true,
        networks_advanced: [{ name: '${data.docker_network.network-edge.id}', aliases: ['shield'] }],
        mounts: [
          {
            type: 'bind',
            source: '/etc/harbor/shield/robots',
            target: '/etc/harbor/shield/robots',
            read_only: true,
          },
        ],
      });
      expect(container).not.toHaveProperty('ports');
      expect(new Set(Object.values(stack.data!['docker_image']!).map(({ name }) => name))).toEqual(
        new Set([inputs.traefik.image, inputs.pins.proxy?.image]),
      );
    });

    it('has Harbor’s nginx at a fixed address that no other container gets', () => {
      const networks = (edge: EdgeEnvironment): unknown => {
        const { stacks } = synth({ ...inputs, environment: { ...inputs.environment, edge } });
        const containers = stacks['harbor']!.resource['docker_container']!;
        return (containers['proxy'] as unknown as { networks_advanced: unknown[] }).networks_advanced[1];
      };
      const { entrypoint } = shielded().stacks['edge']!.resource['docker_container']!['shield'] as unknown as Container;
      const [address] = /\d+\.\d+\.\d+\.\d+(?=:8080 max_fails)/.exec(entrypoint.join('\n')) ?? [];
      expect(networks(SHIELDED)).toMatchObject({ ipv4_address: address, aliases: ['proxy'] });
      expect(networks(ACME)).not.toHaveProperty('ipv4_address');
    });
  });

  it('depends on no secrets: files on the host are named by path', () => {
    const { container } = synthesised(FILES);
    expect(container['mounts']).toEqual([
      { type: 'bind', source: '/etc/harbor/tls', target: '/host/etc/harbor/tls', read_only: true },
      { type: 'bind', source: '/srv/pki', target: '/host/srv/pki', read_only: true },
    ]);
    expect(synthesised(LAB).container).not.toHaveProperty('mounts.0');
  });
});
