import { Ajv2020 } from 'ajv/dist/2020';
import { withExternal } from '../../../../src/declaration/expand/external';
import { declarationFrom } from '../../../../src/declaration/load';
import { assembleSchema } from '../../../../src/declaration/schema/schema';
import { sourceText } from '../../../../src/declaration/yaml/source-text';
import { kinds } from '../../../../src/kinds';

const loaded = (text: string, overlay?: string) =>
  declarationFrom(
    {
      policies: [sourceText('p.yaml', text)],
      overlays: overlay === undefined ? [] : [sourceText('o.yaml', overlay)],
      diagnostics: [],
    },
    '.',
    kinds,
  );
const BASE = 'registries: { gen: { external: true } }\nprojects: { p: { registry: gen } }\n';

describe('a registry that is managed elsewhere', () => {
  it('can be referred to, and is no object of the declaration', async () => {
    const { declaration, diagnostics } = await loaded(BASE);
    expect(diagnostics).toEqual([]);
    expect(declaration!.objects.map(({ address }) => address)).toEqual(['project/p']);
    expect(declaration!.external).toEqual([
      {
        kind: 'registry',
        identity: 'gen',
        address: 'registry/gen',
        at: expect.objectContaining({ line: 1, column: 15 }),
      },
    ]);
  });

  it('gets no defaults, which are for managed objects', async () => {
    const { diagnostics } = await loaded(`defaults: { registry: { insecure: false } }\n${BASE}`);
    expect(diagnostics).toEqual([]);
  });

  it('is part of what a saved plan approves', async () => {
    const [one, other] = await Promise.all([
      loaded('registries: { gen: { external: true } }\nlabels: { a: {} }\n'),
      loaded('labels: { a: {} }\n'),
    ]);
    expect(one.declaration!.hash).not.toBe(other.declaration!.hash);
  });

  it('is managed again if an overlay declares it', async () => {
    const { declaration } = await loaded(
      BASE,
      'registries: { gen: { external: null, type: docker-registry, url: "https://quay.io" } }\n',
    );
    expect(declaration!.external).toBeUndefined();
    expect(declaration!.objects.map(({ address }) => address)).toContain('registry/gen');
  });

  it.each([
    ['registries: { gen: { external: true, type: quay } }', 'registries.gen.type: gen is managed elsewhere', '1:38'],
    ['registries: { gen: { external: false } }', 'registries.gen.external: must be true', '1:32'],
    ['registries: { gen: { external: yes } }', 'registries.gen.external: must be true', '1:32'],
  ])('%s is an error', async (text, message, place) => {
    const { diagnostics } = await loaded(`${text}\nprojects: { p: { registry: gen } }\n`);
    expect(diagnostics).toEqual([expect.objectContaining({ rule: 'external', severity: 'error' })]);
    expect(diagnostics[0]!.message).toContain(message);
    expect(`${diagnostics[0]!.at!.line}:${diagnostics[0]!.at!.column}`).toBe(place);
  });

  it('is known to the schema of editors, which still refuses other keys', () => {
    const validate = new Ajv2020({ strict: false }).compile(withExternal(assembleSchema(kinds)));
    const registry = (value: object): boolean => validate({ registries: { gen: value } });
    expect(registry({ external: true })).toBe(true);
    expect(registry({ type: 'docker-registry', url: 'https://quay.io' })).toBe(true);
    expect(registry({ external: true, type: 'quay' })).toBe(false);
    expect(registry({ external: false })).toBe(false);
  });
});
