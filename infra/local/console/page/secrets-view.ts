import { h } from './dom.ts';
import { formatSpan, toSecretHash } from './format.ts';
import { credentialPanel, newSecretPanel, secretPanel, welcomePanel } from './panels.ts';
import type { SecretRow } from './store.ts';
import type { ViewContext } from './view-context.ts';

/** How often the ages are shown anew: milliseconds. */
const TICK_MS = 10_000;

/** The list of secrets, and beside it the one that is chosen. */
export function showSecrets(context: ViewContext): void {
  const { root, store, facts, rest, signal } = context;
  const search = h('input', { type: 'search', id: 'search', placeholder: 'Filter by name', autocomplete: 'off' });
  const count = h('p', { class: 'hint', role: 'status' });
  const list = h('ul', { class: 'secrets divided' });
  search.setAttribute('aria-label', 'Filter by name');

  function showList(): void {
    const wanted = search.value.trim().toLowerCase();
    const rows = store.secrets.filter(({ name }) => name.toLowerCase().includes(wanted));
    count.textContent = store.failure ?? toCount(rows.length, store.secrets.length);
    list.replaceChildren(...rows.map((row) => toItem(row, rest === `name/${row.name}`)));
  }

  search.addEventListener('input', showList);
  store.onSecrets(showList, signal);
  const timer = setInterval(showList, TICK_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
  root.replaceChildren(
    h(
      'div',
      { class: rest === undefined ? 'columns' : 'columns chosen' },
      h(
        'section',
        { class: 'list', 'aria-labelledby': 'secrets-title' },
        h(
          'div',
          { class: 'row' },
          h('h1', { id: 'secrets-title', tabindex: '-1', 'data-focus': rest === undefined }, 'Secrets'),
          h('a', { class: 'button', href: '#/secrets/new' }, 'New secret'),
        ),
        search,
        count,
        list,
        ...credentialEntries(facts.credentials, rest),
      ),
      toPanel(context),
    ),
  );
  showList();
}

function toPanel(context: ViewContext): HTMLElement {
  const { rest, facts } = context;
  if (rest === 'new') return newSecretPanel(context);
  const credential = facts.credentials.find((name) => rest === `credential/${name}`);
  if (credential !== undefined) return credentialPanel(context, credential);
  if (rest?.startsWith('name/')) return secretPanel(context, rest.slice('name/'.length));
  return welcomePanel(context);
}

function toCount(shown: number, all: number): string {
  if (all === 0) return 'There is no secret yet that this identity can see.';
  return shown === all ? `${all} ${all === 1 ? 'secret' : 'secrets'}` : `${shown} of ${all} secrets`;
}

function toItem({ name, version, createdAt, change }: SecretRow, isCurrent: boolean): HTMLElement {
  const versions = version === null ? 'no value yet' : `version ${version}`;
  const age = createdAt === undefined ? undefined : `${formatSpan(Date.now() - Date.parse(createdAt))} old`;
  const changed =
    change === undefined ? undefined : `changed ${formatSpan(Date.now() - Date.parse(change.changedAt))} ago`;
  const parts = [versions, age, changed].filter((part) => part !== undefined);
  return h(
    'li',
    {},
    h(
      'a',
      { href: toSecretHash(name), 'aria-current': isCurrent ? 'true' : undefined },
      h('span', { class: 'name' }, name),
      h('span', { class: 'meta' }, parts.join(' · ')),
    ),
  );
}

function credentialEntries(credentials: readonly string[], rest: string | undefined): HTMLElement[] {
  if (credentials.length === 0) return [];
  const items = credentials.map((name) => {
    const id = `credential/${name}`;
    const attributes = {
      href: `#/secrets/${encodeURIComponent(id)}`,
      'aria-current': rest === id ? 'true' : undefined,
    };
    const meta = h('span', { class: 'meta' }, 'the api key of a pair of hosts');
    return h('li', {}, h('a', attributes, h('span', { class: 'name' }, name), meta));
  });
  return [h('h2', { class: 'group' }, 'In Secrets Manager'), h('ul', { class: 'secrets divided' }, ...items)];
}
