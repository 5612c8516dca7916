import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const HTTP = resolve(__dirname, '../../../dist/src/http');

/** In a process of its own: the flags of V8 are those of the whole process. */
function printedBy(program: string): unknown {
  return JSON.parse(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }));
}

it('leaves the flags of V8 as they were: a changed one would make Node compile its own modules', () => {
  expect(
    printedBy(`
      const { cachedDataVersionTag } = require('node:v8');
      const before = cachedDataVersionTag();
      const { parser } = require(${JSON.stringify(`${HTTP}/parser.js`)});
      console.log(JSON.stringify({ isCompiled: parser instanceof WebAssembly.Module, same: before === cachedDataVersionTag() }));
    `),
  ).toEqual({ isCompiled: true, same: true });
});

it('is there before undici compiles the same', () => {
  expect(
    printedBy(`
      const { Module } = WebAssembly;
      const compiled = [];
      WebAssembly.Module = class extends Module {
        constructor(bytes) { super(bytes); compiled.push(bytes.length); }
      };
      const { createServer } = require('node:http');
      const { Agent, request } = require(${JSON.stringify(`${HTTP}/undici-parts.js`)});
      const server = createServer((_, answer) => answer.end('ok')).listen(0, '127.0.0.1', async () => {
        const agent = new Agent();
        const { body } = await request.call(agent, {
          origin: 'http://127.0.0.1:' + server.address().port, path: '/', method: 'GET',
        });
        await body.text();
        await agent.close();
        server.close();
        const [ours, theirs, ...more] = compiled;
        console.log(JSON.stringify({ same: ours === theirs, more }));
      });
    `),
  ).toEqual({ same: true, more: [] });
});
