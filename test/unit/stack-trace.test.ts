import { mapBounded } from '../../src/map-bounded';

/** Left out of what is executed, so that the lines of the two differ. */
interface Place {
  readonly file: string;
  readonly line: number;
}

it('names the lines of the sources, also of modules that another test file has loaded', async () => {
  const fails = (item: string): never => {
    throw new Error(item);
  };
  const error = (await mapBounded(['x'], 1, async (item) => fails(item)).catch((thrown: unknown) => thrown)) as Error;
  const places = [...error.stack!.matchAll(/([\w.-]+\.ts):(\d+):/g)].map(([, file = '', line]): Place => {
    return { file, line: Number(line) };
  });
  expect(places).toEqual(
    expect.arrayContaining([
      { file: 'stack-trace.test.ts', line: 11 },
      { file: 'map-bounded.ts', line: 16 },
    ]),
  );
});
