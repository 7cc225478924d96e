import { request } from 'node:http';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import { type ApiPage, createApiPage } from '../../../infra/openapi/create-api-page.ts';
import { findProgram } from '../../support/find-program.ts';
import { serveBundles } from '../../support/serve-bundles.ts';
import type { LoopbackServer } from '../../support/serve-on-loopback.ts';

const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
  .map(findProgram)
  .find((path) => path !== undefined);
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let conjur: LocalConjur;
let api: LoopbackServer;
let page: ApiPage;

beforeAll(async () => {
  conjur = await createLocalConjur();
  api = await serveBundles({ CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey });
  page = await createApiPage({ apiUrl: api.url });
});

afterAll(async () => {
  await page.close();
  await api[Symbol.asyncDispose]();
  await conjur.close();
});

describe('the API page', () => {
  it('serves itself and the document, and passes calls on to the functions', async () => {
    expect(await (await fetch(page.url)).text()).toContain('swagger-ui-bundle.js');
    expect(await (await fetch(`${page.url}/openapi.json`)).json()).toMatchObject({ openapi: '3.1.1' });
    expect(await (await fetch(`${page.url}/health`)).json()).toMatchObject({ ok: true, login: 'admin' });
  });

  it.each([
    ['under the name of another host', { host: 'attacker.example' }],
    ['from a page of another site', { origin: 'https://attacker.example' }],
  ])('turns away who comes %s', async (_, headers) => {
    const { host, port } = new URL(page.url);
    const status = await new Promise((resolve) => {
      const options = { host: '127.0.0.1', port, path: '/health', headers: { host, ...headers } };
      request(options, (reply) => resolve(reply.statusCode)).end();
    });
    expect(status).toBe(403);
  });

  it('says so where the functions do not answer', async () => {
    const orphan = await createApiPage({ apiUrl: 'http://127.0.0.1:1' });
    try {
      expect((await fetch(`${orphan.url}/health`)).status).toBe(502);
    } finally {
      await orphan.close();
    }
  });
});

describe('in a browser', () => {
  let browser: Browser | undefined;

  beforeAll(async () => {
    if (executablePath !== undefined) browser = await chromium.launch({ executablePath, args: FLAGS });
  });

  afterAll(() => browser?.close());

  it('a secret is written and read by the buttons of the page', async ({ skip }) => {
    if (browser === undefined) {
      console.warn('NOT RUN: the API page was not driven in a browser, since Chromium is not on this machine.');
      return skip('Chromium is not on this machine.');
    }
    const tab = await browser.newPage();
    const elsewhere: string[] = [];
    tab.on('request', (sent) => {
      if (!sent.url().startsWith(page.url) && !sent.url().startsWith('data:')) elsewhere.push(sent.url());
    });
    await tab.goto(page.url);
    expect(await execute(tab, 'write-secret', 'writeSecret')).toEqual({
      status: '201',
      body: expect.stringMatching(/"version": 1/),
    });
    expect(await execute(tab, 'read-secret', 'readSecret')).toEqual({
      status: '200',
      body: expect.stringMatching(/"sk-my-first-key"/),
    });
    expect(await execute(tab, 'rotate-key', 'rotateSecret')).toEqual({
      status: '200',
      body: expect.stringMatching(/"version": 2/),
    });
    expect(elsewhere).toEqual([]);
  }, 60_000);
});

/** Opens the call, leaves its examples as they are, and sends it. */
async function execute(tab: Page, tag: string, operation: string): Promise<{ status: string; body: string }> {
  const block = tab.locator(`#operations-${tag}-${operation}`);
  await block.locator('.opblock-summary-control').click();
  await block.locator('button.execute').click();
  const answer = block.locator('.live-responses-table .response').first();
  await answer.waitFor();
  return {
    status: (await answer.locator('.response-col_status').innerText()).trim(),
    body: await answer.locator('.response-col_description').innerText(),
  };
}
