import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import { parse } from 'yaml';
import { cli } from '../support/cli';

const ENVIRONMENTS = resolve(__dirname, '../../stacks/environments');

async function schemaOf(...options: string[]): Promise<{ readonly title: string }> {
  const { code, out } = await cli(['schema', ...options]);
  expect(code).toBe(0);
  return JSON.parse(out) as { title: string };
}

describe('breakwater schema', () => {
  it.each([
    [[], 'Breakwater policies'],
    [['--report'], 'Breakwater conformance report'],
    [['--environment'], 'Breakwater environment'],
  ])('%j prints "%s", which an editor can compile', async (options, title) => {
    const schema = await schemaOf(...options);
    expect(schema.title).toBe(title);
    expect(() => new Ajv2020({ strict: false, validateFormats: false }).compile(schema)).not.toThrow();
  });

  it('prints one at a time', async () => {
    expect(await cli(['schema', '--report', '--environment'])).toMatchObject({ code: 1, out: '' });
  });

  describe('--environment', () => {
    const environments = readdirSync(ENVIRONMENTS);

    it.each(environments)('accepts %s, and refuses it with a misspelled key', async (name) => {
      const validate = new Ajv2020({ strict: false }).compile(await schemaOf('--environment'));
      const { harbor, ...rest } = parse(readFileSync(join(ENVIRONMENTS, name), 'utf8')) as { harbor: object };
      expect([validate({ harbor, ...rest }), validate.errors]).toEqual([true, null]);
      expect(validate({ harbour: harbor, ...rest })).toBe(false);
    });
  });
});
