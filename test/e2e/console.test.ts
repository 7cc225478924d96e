import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { startTarget, type Target } from './start-target.ts';

/** Folder of the pictures in the documentation; undefined: they stay as they are (`npm run screenshots`). */
const SCREENSHOTS =
  process.env.SCREENSHOTS === undefined ? undefined : fileURLToPath(new URL('../../docs', import.meta.url));
const SIZES = [
  { width: 1280, height: 1080 },
  { width: 390, height: 844 },
] as const;
const SCHEMES = ['light', 'dark'] as const;
/** A machine that does much else shows things late. */
const PATIENCE = { timeout: 20_000 };
const VALUE = 'sk-a-value-that-nobody-asked-for';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser | undefined;
let target: Target;
let tab: Page;
let sent: Request[];
let faults: string[];

/** About the stack of this machine, whatever Conjur the other tests run against. */
describe.runIf(process.env.E2E_BASE === undefined)('the console, in a browser', () => {
  beforeAll(async () => {
    browser = await launchChromium('the console was not driven in a browser');
    if (browser === undefined) return;
    target = await startTarget();
    await put('app/db/password', 'a first password');
    await put('app/db/password', 'a second password');
    await put('litellm/first-key', VALUE);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await target?.close();
  });

  beforeEach(async ({ skip }) => {
    if (browser === undefined) return skip('Chromium is not on this machine.');
    tab = await browser.newPage({ viewport: SIZES[0], reducedMotion: 'reduce' });
    sent = [];
    faults = [];
    tab.on('request', (request) => sent.push(request));
    tab.on('pageerror', (error) => faults.push(error.message));
    tab.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('the server responded with'))
        faults.push(message.text());
    });
    await tab.goto(`${target.apiUrl}/`);
    await secret('litellm/first-key').waitFor();
  });

  afterEach(async () => {
    if (browser === undefined) return;
    // No error of the page's own, nothing that the content security policy stopped, nothing from elsewhere.
    expect(faults).toEqual([]);
    expect(sent.map((request) => request.url()).filter((url) => !url.startsWith(target.apiUrl))).toEqual([]);
    await tab.close();
  });

  // First: the pictures show the list as it is before the other tests.
  it('has nothing to find for axe, at both widths, light and dark', async () => {
    const found: string[] = [];
    for (const [name, openView] of Object.entries(VIEWS)) {
      await openView();
      for (const size of SIZES) {
        for (const colorScheme of SCHEMES) {
          await tab.setViewportSize(size);
          await tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          found.push(
            ...(await violations(colorScheme)).map((each) => `${name}, ${size.width}, ${colorScheme}: ${each}`),
          );
          if (await tab.evaluate('document.documentElement.scrollWidth > innerWidth'))
            found.push(`${name}, ${size.width}: scrolls sideways`);
          await takePicture(name, size.width, colorScheme);
        }
      }
      await tab.setViewportSize(SIZES[0]);
    }
    expect(found).toEqual([]);
  }, 180_000);

  it('shows secrets with versions, age and last change, and as whom the functions are logged in', async () => {
    await expect
      .poll(() => secret('app/db/password').innerText(), PATIENCE)
      .toMatch(/version 2 · \d+ (?:s|min) old · changed \d+ (?:s|min) ago/);
    expect(await secret('test-secret').innerText()).not.toContain('changed');
    await expect
      .poll(() => tab.locator('#health').innerText(), PATIENCE)
      .toMatch(/Logged in as \S+\s+token \d+ (?:s|min) old/);
    // Names come from anybody.
    await put('app/<b>bold</b>', 'x');
    await secret('app/<b>bold</b>').waitFor();
    expect(await secret('app/<b>bold</b>').count()).toBe(1);
    await tab.getByLabel('Filter by name').fill('PASSWORD');
    expect(await tab.locator('ul.secrets').first().locator('li').count()).toBe(1);
  });

  it('shows a value when it is asked for, also an older one, and forgets it again', async () => {
    await openSecret('app/db/password');
    await tab.getByRole('button', { name: 'Show value' }).click();
    await tab.getByText('a second password').waitFor();
    await tab.getByRole('button', { name: 'Hide value' }).click();
    expect(await tab.content()).not.toContain('a second password');
    await tab.getByLabel('Version').selectOption('1');
    await tab.getByRole('button', { name: 'Show value' }).click();
    await tab.getByText('a first password').waitFor();
    await open('Requests');
    await expect.poll(() => tab.content(), PATIENCE).not.toContain('a first password');
  });

  it('has no value in the page, in an address or in its log, until somebody clicks', async () => {
    const everything: string[] = [];
    for (const hash of ['secrets', 'secrets/name%2Flitellm%2Ffirst-key', 'requests', 'reference', 'docs']) {
      await tab.goto(`${target.apiUrl}/#/${hash}`);
      await tab.reload();
      await tab.locator('h1:visible, h2:visible').first().waitFor();
      everything.push(await tab.content());
    }
    await tab.goto(`${target.apiUrl}/#/secrets/name%2Flitellm%2Ffirst-key`);
    await tab.getByRole('textbox', { name: 'New value' }).fill('sk-typed-into-the-form');
    await tab.getByRole('button', { name: 'Write', exact: true }).click();
    await tab.getByText('Written: version').waitFor();
    expect(await tab.getByRole('textbox', { name: 'New value' }).inputValue()).toBe('');
    await open('Requests');
    await tab.getByText('write litellm/first-key').first().click();
    await tab.getByLabel('The console’s own reads too').check();
    for (const path of ['/console/facts.json', '/console/changes.json', '/secrets'])
      everything.push(await (await fetch(target.apiUrl + path)).text());
    everything.push(await tab.content(), ...sent.map((request) => request.url()), ...target.lines);
    const found = [VALUE, 'sk-typed-into-the-form', target.adminApiKey].filter((value) =>
      everything.some((text) => text.includes(value)),
    );
    expect(everything.length).toBeGreaterThan(20);
    expect(found).toEqual([]);
    await put('litellm/first-key', VALUE);
  });

  it('makes a secret, by the keyboard alone', async () => {
    await tab.getByRole('link', { name: 'New secret' }).focus();
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { name: 'New secret' }).waitFor();
    // The title has the focus now; from there on the fields come in their order.
    await tab.keyboard.press('Tab');
    await tab.keyboard.type('app/made/by keyboard');
    await tab.keyboard.press('Tab');
    await tab.keyboard.type('typed');
    await tab.keyboard.press('Tab');
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { name: 'app/made/by keyboard' }).waitFor();
    await secret('app/made/by keyboard').waitFor();
    const answer = await fetch(`${target.apiUrl}/secrets/app/made/by%20keyboard`);
    expect(await answer.json()).toMatchObject({ value: 'typed' });
  });

  it.each([
    ['litellm/demo-key', 'litellm-virtual-key', ['read the key in use', 'regenerate at LiteLLM', 'promote']],
    ['app/db/password', 'random', ['write and verify']],
    ['conjur-functions/credential', 'conjur-api-key', ['createSecret', 'finishSecret']],
  ])('rotates %s by %s, and shows each step', async (name, strategy, steps) => {
    await openSecret(name);
    await tab.getByLabel('Strategy').selectOption(strategy);
    await tab.getByRole('button', { name: 'Rotate' }).click();
    await tab.getByRole('status').filter({ hasText: 'Rotated at' }).waitFor();
    for (const step of steps) await tab.locator('ol.steps li', { hasText: step }).waitFor();
    expect(await tab.locator('ol.steps').getAttribute('aria-live')).toBe('polite');
  });

  it('tells why a rotation failed', async () => {
    await openSecret('app/db/password');
    await tab.getByLabel('Strategy').selectOption('litellm-virtual-key');
    await tab.getByRole('button', { name: 'Rotate' }).click();
    const failed = tab.locator('ol.steps li.failed');
    await failed.waitFor();
    expect(await failed.innerText()).toMatch(/^\w.*\s+unprocessable$/);
    expect(await tab.locator('.status.failed').innerText()).toMatch(/^unprocessable: \w.*\.$/);
  });

  it('lists a call that came from elsewhere as it is logged, and opens to its line', async () => {
    await open('Requests');
    await fetch(`${target.apiUrl}/secrets/no/such`, { headers: { 'x-correlation-id': 'of-my-own' } });
    const row = tab.locator('ul.lines > li', { hasText: 'read no/such' });
    await row.waitFor();
    expect(await row.locator('.outcome').innerText()).toBe('secret_not_found');
    await row.click();
    expect(await row.locator('pre').innerText()).toContain('"correlationId": "of-my-own"');
  });

  it('has a reference that sends a call, and shows for each error the example of its code', async () => {
    await open('API reference');
    expect(await tab.getByText('Authorize').count()).toBe(0);
    const read = tab.locator('#readSecret');
    await read.locator('summary').first().click();
    expect(await read.getByLabel('The same call as a command').innerText()).toBe(
      `curl -s '${target.apiUrl}/secrets/litellm/first-key'`,
    );
    await read.getByRole('button', { name: 'Send' }).click();
    await read.getByLabel('Answer', { exact: true }).filter({ hasText: VALUE }).waitFor();
    for (const code of ['secret_not_found', 'access_mode_denied', 'not_hosted']) {
      const error = read.locator('ul.errors li', { has: tab.getByText(code, { exact: true }) });
      await error.locator('summary').click();
      expect(JSON.parse(await error.locator('pre').innerText())).toMatchObject({ code });
    }
  });

  it('leads to the documents, which lead on to each other', async () => {
    await open('Docs');
    await tab.getByRole('link', { name: 'conjur-functions', exact: true }).click();
    await tab.getByRole('link', { name: 'settings', exact: true }).click();
    await tab.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
  });
});

/** By the bar at the top. */
async function open(title: string): Promise<void> {
  await tab.getByRole('navigation').getByRole('link', { name: title }).click();
}

/** Each view with something in it. */
const VIEWS: Readonly<Record<string, () => Promise<void>>> = {
  secrets: async () => {
    await tab.goto(`${target.apiUrl}/#/secrets`);
    await tab.locator('.dot.ok').waitFor();
  },
  secret: async () => {
    await openSecret('litellm/demo-key');
    await tab.getByLabel('Strategy').selectOption('litellm-virtual-key');
    await tab.getByRole('button', { name: 'Rotate' }).click();
    await tab.locator('ol.steps li', { hasText: 'try the new key' }).waitFor();
  },
  failure: async () => {
    await openSecret('test-secret');
    await tab.getByLabel('Strategy').selectOption('litellm-virtual-key');
    await tab.getByRole('button', { name: 'Rotate' }).click();
    await tab.locator('ol.steps li.failed').waitFor();
  },
  requests: async () => {
    await open('Requests');
    await tab.locator('ul.lines summary').first().click();
  },
  reference: async () => {
    await open('API reference');
    await tab.locator('#readSecret > summary').click();
    await tab.locator('#readSecret ul.errors summary').last().click();
  },
  documents: async () => {
    await open('Docs');
  },
  document: async () => {
    await tab.goto(`${target.apiUrl}/console/docs/rotation.md`);
  },
};

/** Those that the documentation shows. */
const PICTURED = ['secret', 'reference'];

async function takePicture(view: string, width: number, scheme: string): Promise<void> {
  if (SCREENSHOTS === undefined || !PICTURED.includes(view)) return;
  await mkdir(`${SCREENSHOTS}/console`, { recursive: true });
  await tab.evaluate('scrollTo(0, 0)');
  await writeFile(`${SCREENSHOTS}/console/${view}-${width}-${scheme}.png`, await tab.screenshot());
}

/** Its form has the same labels as the one that was shown before: what is chosen too soon is chosen there. */
async function openSecret(name: string): Promise<void> {
  await secret(name).click();
  await tab.getByRole('heading', { name, exact: true }).waitFor();
}

/** A secret's entry in the list. */
function secret(name: string) {
  return tab.locator('ul.secrets a', { has: tab.getByText(name, { exact: true }) });
}

async function put(name: string, value: string): Promise<void> {
  const path = name.split('/').map(encodeURIComponent).join('/');
  const headers = { 'content-type': 'text/plain' };
  const response = await fetch(`${target.apiUrl}/secrets/${path}`, { method: 'PUT', body: value, headers });
  expect(response.ok).toBe(true);
}

/** All rules in the one colour scheme; in the other those about colours, which are what it changes. */
async function violations(scheme: (typeof SCHEMES)[number]): Promise<string[]> {
  await tab.evaluate(axe);
  const rules =
    scheme === 'light' ? '' : "{ runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } }";
  const { violations: found } = (await tab.evaluate(`axe.run(${rules})`)) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id} at ${html.slice(0, 200)}`));
}
