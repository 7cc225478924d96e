import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Agent, Dispatcher } from 'undici';
import { describe, expect, it } from 'vitest';
import { builtinModulesPlugin } from '../../../../../infra/build/plugins/builtin-modules.ts';
import { lazyAssertPlugin } from '../../../../../infra/build/plugins/lazy-assert.ts';
import { parserConstants, trimUndiciPlugin } from '../../../../../infra/build/plugins/trim-undici.ts';
import { bundleText, ROOT, run } from '../bundle-text.ts';

const plugins = () => [lazyAssertPlugin(), builtinModulesPlugin(), trimUndiciPlugin(ROOT)];
const undici = dirname(createRequire(import.meta.url).resolve('undici/package.json'));

describe('the trimmed undici', () => {
  it('brings an Agent that dispatches, and neither fetch nor mocks', async () => {
    const bundled = await bundleText(`export { Agent, Dispatcher, errors } from 'undici';`, plugins());

    const { Agent: Trimmed, errors } = await run(bundled);
    expect(Object.getPrototypeOf(Trimmed as object)).not.toBe(Agent);
    expect((Trimmed as typeof Agent).prototype.dispatch).toBeTypeOf('function');
    expect(errors).toHaveProperty('ConnectTimeoutError');
    expect(bundled).not.toMatch(/class (?:FormData|MockAgent|WebSocket|EventSource|CacheStorage)\b/);
  });

  it('refuses at build time what it does not bring', async () => {
    await expect(bundleText(`export { fetch } from 'undici';`, plugins())).rejects.toThrow(/No matching export.*fetch/);
  });

  it('brings no agent for a proxy: lib/http has its own', async () => {
    const bundled = await bundleText(`export { Agent } from 'undici';`, plugins());

    expect(bundled).not.toContain('class ProxyAgent');
    await expect(bundleText(`export const load = () => import('undici');`, plugins()).then(run)).resolves.toBeDefined();
    await expect(bundleText(`export { ProxyAgent } from 'undici';`, plugins())).rejects.toThrow(/No matching export/);
  });

  it('says what is missing when a method that was left out is called', async () => {
    const { Agent: Trimmed } = await run(await bundleText(`export { Agent } from 'undici';`, plugins()));
    const agent = new (Trimmed as typeof Agent)();

    for (const method of ['request', 'stream', 'pipeline', 'connect', 'upgrade'] as const)
      expect(() => (agent[method] as unknown as () => void)()).toThrow(
        `undici's Dispatcher.${method} was left out of this bundle`,
      );
  });

  it('says what is missing when a file that was left out is reached', async () => {
    const h2 = await run(await bundleText(`export * from './lib/dispatcher/client-h2.js';`, plugins(), undici));
    expect(h2.default ?? h2).toBeDefined();
    const call = await bundleText(`import connect from './lib/dispatcher/client-h2.js'; connect();`, plugins(), undici);
    await expect(run(call)).rejects.toThrow("undici's lib/dispatcher/client-h2.js was left out of this bundle");
    for (const file of ['web/fetch/body.js', 'web/fetch/index.js', 'llhttp/llhttp-wasm.js'])
      await expect(run(await bundleText(`require('./lib/${file}');`, plugins(), undici))).rejects.toThrow(
        `undici's lib/${file} was left out of this bundle`,
      );
  });

  it("keeps of the parser's tables what the client reads, with undici's own values", async () => {
    const bundled = await run(
      await bundleText(`export { default as constants } from './lib/llhttp/constants.js';`, plugins(), undici),
    );
    const { TYPE, ERROR } = createRequire(import.meta.url)(`${undici}/lib/llhttp/constants.js`);
    expect(bundled.constants).toEqual({ TYPE, ERROR });
  });

  it.each([
    ['as a whole', "const constants = require('../llhttp/constants.js')\nconst { TYPE } = constants"],
    ['by a computed name', "const constants = require('../llhttp/constants.js')\nconstants[name]"],
    ['by a name that is not there', "const constants = require('../llhttp/constants.js')\nconstants.OTHER"],
    ['not at all', "const tables = require('../llhttp/constants.js')"],
  ])('refuses at build time a client that reads them %s', (_, user) => {
    expect(() => parserConstants({ TYPE: { BOTH: 0 }, ERROR: {} }, user)).toThrow('in a way of its own');
  });

  it('names the headers of an answer in lower case, the first time and again, however many a server sends', async () => {
    const text = `export { bufferToLowerCasedHeaderName as toName } from './lib/core/util.js';`;
    const { toName } = await run(await bundleText(text, plugins(), undici));
    const many = Array.from({ length: 100 }, (_, index) => `X-Odd-${index}`);
    const names = ['Content-Type', 'content-type', 'CONTENT-TYPE', 'Content-Tape', 'date', 'X-Unknown', '__proto__'];
    for (const name of [...names, ...many, ...names, ...many])
      expect((toName as (name: Buffer) => string)(Buffer.from(name))).toBe(name.toLowerCase());
  });

  it('keeps the name of a header, and not the buffer that it came in', async () => {
    const text = `export { bufferToLowerCasedHeaderName as toName } from './lib/core/util.js';`;
    const { toName } = await run(await bundleText(text, plugins(), undici));
    const bytes = Buffer.from('Server');
    expect((toName as (name: Buffer) => string)(bytes)).toBe('server');
    bytes.write('Status');
    expect((toName as (name: Buffer) => string)(bytes)).toBe('status');
    expect((toName as (name: Buffer) => string)(Buffer.from('Server'))).toBe('server');
  });

  it("knows every method that undici's main file gives to a dispatcher", () => {
    expect(Object.keys(Dispatcher.prototype).sort()).toEqual(['connect', 'pipeline', 'request', 'stream', 'upgrade']);
  });
});
