import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import { loadUpPlan } from '../../../../src/app/up/plan-directory';
import { upPlanSchema, type UpPlan } from '../../../../src/app/up/steps';
import { DeclarationError } from '../../../../src/errors';
import { directoryWith } from '../../../support/cli';

const HASH = 'a'.repeat(64);
const PLAN: UpPlan = {
  schemaVersion: 1,
  breakwater: '0.1.0',
  environment: 'prod',
  plannedAt: '2026-11-28T03:14:00.000Z',
  inputs: { 'stacks/environments/prod.yaml': HASH, 'stacks/prepared/prod.json': '' },
  steps: [
    { id: 'host', state: 'runs', why: 'the playbook runs', details: 'host.txt' },
    {
      id: 'images',
      state: 'changes',
      changes: [{ address: 'docker_image.core', actions: ['delete', 'create'], after: HASH }],
      summary: { created: [], updated: [], replaced: [{ name: 'core', images: ['core:1', 'core:2'] }], destroyed: [] },
      details: 'images.txt',
    },
    { id: 'harbor', state: 'unchanged' },
    { id: 'edge', state: 'not-planned', why: 'comes after harbor' },
  ],
  policies: HASH,
};
const [, IMAGES] = PLAN.steps;

const withSteps = (...steps: readonly object[]): object => ({ ...PLAN, steps });
const without = (name: keyof UpPlan): object => ({ ...PLAN, [name]: undefined });

async function faultOf(directory: string): Promise<unknown> {
  return loadUpPlan('/', directory).then(
    () => 'it was accepted',
    (error: unknown) => error,
  );
}

describe('up.json', () => {
  it('is read as it was written', async () => {
    const directory = directoryWith({ 'up.json': JSON.stringify(PLAN) });
    expect(await loadUpPlan('/', directory)).toEqual(PLAN);
  });

  it('has a schema that other readers can compile', () => {
    const validate = new Ajv2020({ strict: true, strictRequired: false, formats: { 'date-time': true } }).compile(
      upPlanSchema(),
    );
    expect([validate(PLAN), validate({ ...PLAN, steps: [] })]).toEqual([true, false]);
  });

  it.each<[string, string | object, RegExp]>([
    ['an empty file', '', /is not JSON, or is incomplete/],
    ['half of a plan', JSON.stringify(PLAN).slice(0, 200), /is not JSON, or is incomplete/],
    ['YAML', 'schemaVersion: 1\n', /is not JSON, or is incomplete/],
    ['a list', [PLAN], /it must be an object/],
    ['nothing', 'null', /it must be an object/],
    ['another version', { ...PLAN, schemaVersion: 2 }, /schemaVersion must be 1/],
    ['a plan of the policies', { format: 'breakwater-plan', sha256: HASH, plan: {} }, /it lacks schemaVersion/],
    ['a manifest of a backup', { schemaVersion: 1, verified: true, takenAt: '2026-11-28' }, /it lacks breakwater/],
    ['no environment', without('environment'), /it lacks environment/],
    ['no inputs', without('inputs'), /it lacks inputs/],
    ['inputs that are not hashes', { ...PLAN, inputs: { 'stacks/images.yaml': 'x' } }, /inputs\.stacks\/images\.yaml/],
    ['steps that are not a list', { ...PLAN, steps: {} }, /steps must be a list/],
    ['no step', withSteps(), /steps must NOT have fewer than 1 items/],
    ['an unknown step', withSteps({ id: 'destroy', state: 'runs' }), /steps\[0\]\.id must be one of before/],
    ['an unknown state', withSteps({ id: 'host', state: 'done' }), /steps\[0\]\.state must be one of/],
    ['a step without its changes', withSteps({ ...IMAGES, changes: undefined }), /steps\[0\] lacks changes/],
    ['changes that are text', withSteps({ ...IMAGES, changes: 'all' }), /steps\[0\]\.changes must be a list/],
    [
      'a change without its hash',
      withSteps({ ...IMAGES, changes: [{ address: 'docker_image.core', actions: ['create'] }] }),
      /steps\[0\]\.changes\[0\] lacks after/,
    ],
    ['a key of a later version', { ...PLAN, approvedBy: 'somebody' }, /has the unknown key approvedBy/],
    ['control characters', { ...PLAN, ['\u001b[2J']: 1 }, /has the unknown key \\u001b\[2J/],
  ])('is refused as a finding with its place: %s', async (_what, content, words) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    const directory = directoryWith({ 'up.json': text });
    const error = await faultOf(directory);
    expect(error).toBeInstanceOf(DeclarationError);
    expect((error as DeclarationError).diagnostics).toEqual([
      {
        rule: 'up-plan',
        severity: 'error',
        message: expect.stringMatching(words),
        hint: `write one: breakwater up --plan-out ${directory}`,
      },
    ]);
    expect((error as DeclarationError).message).toContain(join(directory, 'up.json'));
  });

  it.each<[string, (file: string) => void, RegExp]>([
    ['no file', () => {}, /cannot be read: it does not exist/],
    ['a directory', (file) => mkdirSync(file), /is not a regular file/],
    ['a device', (file) => symlinkSync('/dev/zero', file), /is not a regular file/],
    ['a file without end', (file) => writeFileSync(file, Buffer.alloc(64 * 1024 * 1024 + 1, 32)), /is larger than/],
  ])('is refused without being read: %s', async (_what, make, words) => {
    const directory = directoryWith({});
    make(join(directory, 'up.json'));
    const error = await faultOf(directory);
    expect(error).toBeInstanceOf(DeclarationError);
    expect((error as DeclarationError).message).toMatch(words);
  });
});
