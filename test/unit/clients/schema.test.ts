import { Ajv2020 } from 'ajv/dist/2020';
import { clients, withClientOptions } from '../../../src/clients';
import { optionProblems } from '../../../src/clients/support/options';
import { assembleSchema } from '../../../src/declaration/schema/schema';
import { kinds } from '../../../src/kinds';

const validate = new Ajv2020({ strict: false }).compile(withClientOptions(assembleSchema(kinds), clients));
const accepts = (client: object): boolean => validate({ clients: { nodes: client } });

describe('the schema for editors', () => {
  it.each(clients.map((client) => [client.name, client] as const))(
    'knows %s, its example and its options',
    (name, client) => {
      expect(accepts({ client: name })).toBe(true);
      expect(accepts({ client: name, options: client.example ?? {} })).toBe(true);
      expect(accepts({ client: name, options: { unheard_of: 1 } })).toBe(false);
      expect(optionProblems(client.options, client.example ?? {})).toEqual([]);
      expect(optionProblems(client.options, { unheard_of: 1 })).toHaveLength(1);
    },
  );

  it('refuses an unknown client, and a value that an option has not', () => {
    expect(accepts({ client: 'containred' })).toBe(false);
    expect(accepts({ client: 'containerd', options: { major: 3 } })).toBe(false);
  });
});
