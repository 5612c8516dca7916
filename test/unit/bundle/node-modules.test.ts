import * as tls from 'node:tls';
import { compileFunction } from 'node:vm';
import { lateModule } from '../../../scripts/bundle/node-modules';

/** As in the bundle. */
function late(name: string): Record<string, unknown> {
  const module = { exports: {} as Record<string, unknown> };
  compileFunction(lateModule(name), ['module', 'require'])(module, require);
  return module.exports;
}

it('a late module has what the Node that executes the bundle exports, and not the one that built it', () => {
  const text = lateModule('node:tls');
  expect(late('node:tls')['connect']).toBe(tls.connect);
  expect(late('node:tls')['ofNoVersion']).toBeUndefined();
  for (const name of Object.keys(tls)) expect(text).not.toContain(name);
});
