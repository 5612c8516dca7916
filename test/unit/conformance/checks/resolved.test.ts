import { isResolved } from '../../../../src/conformance/checks/b2-redirects';

/** The DNS servers of a machine: each answer in turn, an error code or nothing for an address. */
const dns = (...answers: (string | undefined)[]) => {
  const asked: string[] = [];
  const ask = async (name: string): Promise<void> => {
    asked.push(name);
    const code = answers.shift();
    if (code !== undefined) throw Object.assign(new Error(code), { code });
  };
  return { ask, asked };
};

describe('B2, a name', () => {
  it.each<[string, (string | undefined)[], boolean | undefined]>([
    ['that resolves', [undefined], true],
    ['that does not exist', ['ENOTFOUND'], false],
    ['that resolves at the second attempt', ['EAI_AGAIN', undefined], true],
    ['that no DNS server answers for', ['EAI_AGAIN', 'EAI_AGAIN'], undefined],
    ['whose server fails', ['EAI_FAIL', 'EAI_FAIL'], undefined],
  ])('%s', async (_what, answers, expected) => {
    expect(await isResolved('storage.example.com', dns(...answers).ask)).toBe(expected);
  });

  it('below .invalid never resolves, also without a DNS server', async () => {
    expect(await isResolved('storage.invalid', dns('EAI_AGAIN', 'EAI_AGAIN').ask)).toBe(false);
  });

  it('is asked for without the brackets of an address', async () => {
    const { ask, asked } = dns(undefined);
    await isResolved('[::1]', ask);
    expect(asked).toEqual(['::1']);
  });
});
