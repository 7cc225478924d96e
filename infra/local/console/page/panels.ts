import { call } from './api.ts';
import { field, h, statusLine } from './dom.ts';
import { formatSpan, formatTime, toSecretHash, toSecretPath } from './format.ts';
import { rotationForm } from './rotation-form.ts';
import type { SecretRow } from './store.ts';
import { valueSection } from './value-section.ts';
import type { ViewContext } from './view-context.ts';

/** How often the ages are shown anew: milliseconds. */
const TICK_MS = 10_000;

/** A secret: its versions, its value on request, a form that writes it and one that rotates it. */
export function secretPanel({ store, signal, facts }: ViewContext, name: string): HTMLElement {
  const figures = h('dl', { class: 'figures' });
  const value = valueSection(name);
  let version: number | null | undefined;
  function showFigures(): void {
    const row = store.secrets.find((candidate) => candidate.name === name);
    figures.replaceChildren(...toFigures(row));
    if (row?.version === version) return;
    version = row?.version;
    value.offerVersions(version ?? 0);
  }
  store.onSecrets(showFigures, signal);
  const timer = setInterval(showFigures, TICK_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
  showFigures();
  return panel(
    name,
    figures,
    value.element,
    h(
      'section',
      { 'aria-labelledby': 'write-title' },
      h('h3', { id: 'write-title' }, 'Write a new value'),
      writeForm(name),
    ),
    h(
      'section',
      { 'aria-labelledby': 'rotate-title' },
      h('h3', { id: 'rotate-title' }, 'Rotate'),
      rotationForm({ name, store, signal, litellm: facts.litellmUrl !== undefined }),
    ),
  );
}

/** The functions' own credential, which is not in Conjur: it can be rotated. */
export function credentialPanel({ store, signal }: ViewContext, name: string): HTMLElement {
  return panel(
    name,
    h(
      'p',
      {},
      'A secret of AWS Secrets Manager that holds the api key of one host of a pair. A rotation gives the other host a new key, tries it, and makes it the current one: the key in use never dies.',
    ),
    h(
      'section',
      { 'aria-labelledby': 'rotate-title' },
      h('h3', { id: 'rotate-title' }, 'Rotate'),
      rotationForm({ name, store, signal, credential: true }),
    ),
  );
}

export function newSecretPanel(_: ViewContext): HTMLElement {
  const name = h('input', { type: 'text', required: true, autocomplete: 'off', spellcheck: 'false' });
  const value = h('textarea', { rows: '3', required: true, spellcheck: 'false', autocomplete: 'off' });
  const status = statusLine();
  async function write(event: Event): Promise<void> {
    event.preventDefault();
    status.say('Writing …');
    const { failure, body } = await call('PUT', toSecretPath(name.value.trim()), { body: { value: value.value } });
    if (failure !== undefined) return status.say(failure, 'failed');
    value.value = '';
    location.hash = toSecretHash(String(body.name));
  }
  return panel(
    'New secret',
    h(
      'p',
      {},
      'A variable that Conjur does not know yet is defined by a policy that the function loads; then the value is written.',
    ),
    h(
      'form',
      { onsubmit: (event) => void write(event) },
      field('new-name', 'Name', name, 'The id of the Conjur variable, such as app/db/password.'),
      field('new-value', 'Value', value),
      h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'primary' }, 'Write'), status.element),
    ),
  );
}

/** What stands beside the list while nothing is chosen: where everything is. */
export function welcomePanel({ facts }: ViewContext): HTMLElement {
  const addresses = [
    ['HTTP API', location.origin],
    ['Lambda invoke', facts.lambdaUrl],
    ['Conjur', `${facts.conjurUrl} (account ${facts.account})`],
    ['Secrets Manager', facts.secretsManagerUrl],
    ['LiteLLM', facts.litellmUrl],
  ].filter((entry): entry is [string, string] => entry[1] !== undefined);
  return h(
    'section',
    { class: 'panel welcome', 'aria-labelledby': 'panel-title' },
    h('h2', { id: 'panel-title' }, 'On this machine'),
    h(
      'p',
      {},
      'Choose a secret to see its versions, to write it or to rotate it. A value is shown only when you ask for it.',
    ),
    h('dl', { class: 'addresses' }, ...addresses.flatMap(([name, url]) => [h('dt', {}, name), h('dd', {}, url)])),
    h(
      'p',
      {},
      'Every call can be tried in the ',
      h('a', { href: '#/reference' }, 'API reference'),
      '; what the functions log stands under ',
      h('a', { href: '#/requests' }, 'Requests'),
      '; everything else in the ',
      h('a', { href: '#/docs' }, 'documentation'),
      '.',
    ),
  );
}

function panel(title: string, ...content: readonly HTMLElement[]): HTMLElement {
  return h(
    'section',
    { class: 'panel', 'aria-labelledby': 'panel-title' },
    h('a', { class: 'back', href: '#/secrets' }, 'All secrets'),
    h('h2', { id: 'panel-title', tabindex: '-1', 'data-focus': true }, title),
    ...content,
  );
}

function toFigures(row: SecretRow | undefined): HTMLElement[] {
  const { version, createdAt, change } = row ?? {};
  const hasValue = version !== undefined && version !== null;
  return [
    figure('Versions', hasValue ? String(version) : 'none'),
    figure('Created', createdAt === undefined ? 'not known' : since(createdAt), createdAt && formatTime(createdAt)),
    change === undefined
      ? figure('Last change', hasValue ? 'before this start' : 'never', hasValue ? 'or past the API' : undefined)
      : figure('Last change', since(change.changedAt), `${formatTime(change.changedAt)}, ${change.by}`),
  ];
}

function figure(title: string, value: string, note?: string): HTMLElement {
  return h('div', {}, h('dt', {}, title), h('dd', {}, value, note && h('span', { class: 'meta' }, note)));
}

function since(iso: string): string {
  return `${formatSpan(Date.now() - Date.parse(iso))} ago`;
}

function writeForm(name: string): HTMLElement {
  const value = h('textarea', { rows: '2', required: true, spellcheck: 'false', autocomplete: 'off' });
  const status = statusLine();
  async function write(event: Event): Promise<void> {
    event.preventDefault();
    status.say('Writing …');
    const { failure, body } = await call('PUT', toSecretPath(name), { body: { value: value.value } });
    if (failure !== undefined) return status.say(failure, 'failed');
    value.value = '';
    status.say(
      body.changed === false
        ? 'Nothing changed: this is the value already.'
        : `Written: version ${String(body.version)}.`,
      'ok',
    );
  }
  return h(
    'form',
    { onsubmit: (event) => void write(event) },
    field('value', 'New value', value),
    h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'primary' }, 'Write'), status.element),
  );
}
