import * as breakwater from '../../src';
import { directoryWith } from '../support/cli';

describe('the library', () => {
  it('goes from files to a plan without the command line', async () => {
    const directory = directoryWith({ 'a.yaml': 'projects: { p: { public: true } }\n' });
    const { kinds } = breakwater;
    const { declaration } = await breakwater.loadDeclaration({ directory, kinds });
    const plan = breakwater.makePlan({
      tool: 'test',
      declaration: declaration!,
      current: new Map(),
      kinds,
      mode: 'upsert-only',
      targets: [],
      rotate: [],
      identity: {},
      target: { url: 'https://harbor.example.com' },
    });
    expect(breakwater.renderText(plan)).toContain('+ project/p');
  });
});
