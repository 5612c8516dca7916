import { TokenService } from '../../../../src/sandbox/context/token-service';

describe('a token', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is good until a minute after its end, however often it was good before', async () => {
    const tokens = new TokenService();
    const issuedS = Math.floor(Date.now() / 1000);
    const token = await tokens.issue('alice', [], issuedS, 1800);
    const at = (afterS: number): void => void jest.spyOn(Date, 'now').mockReturnValue((issuedS + afterS) * 1000);
    at(1);
    expect(await tokens.verify(token)).toMatchObject({ sub: 'alice' });
    at(1859);
    expect(await tokens.verify(token)).toMatchObject({ sub: 'alice' });
    at(1861);
    expect(await tokens.verify(token)).toBeUndefined();
  });

  it('of another service is not valid', async () => {
    const foreign = await new TokenService().issue('alice', [], Math.floor(Date.now() / 1000), 1800);
    const tokens = new TokenService();
    expect(await tokens.verify(foreign)).toBeUndefined();
    expect(await tokens.verify(foreign)).toBeUndefined();
  });
});
