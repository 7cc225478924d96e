import type { ConsoleFacts } from '../console-facts.ts';
import { call } from './api.ts';
import { showDocuments } from './documents-view.ts';
import { h } from './dom.ts';
import { showHealth } from './health.ts';
import { showReference } from './reference-view.ts';
import { showRequests } from './requests-view.ts';
import { showSecrets } from './secrets-view.ts';
import { createStore } from './store.ts';
import type { ViewContext } from './view-context.ts';

const TABS: readonly { readonly id: string; readonly title: string; readonly show: (context: ViewContext) => void }[] =
  [
    { id: 'secrets', title: 'Secrets', show: showSecrets },
    { id: 'requests', title: 'Requests', show: showRequests },
    { id: 'reference', title: 'API reference', show: showReference },
    { id: 'docs', title: 'Docs', show: showDocuments },
  ];

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no #${id}.`);
  return element;
}

const main = byId('main');
const store = createStore();
const facts = (await call('GET', '/console/facts.json')).body as unknown as ConsoleFacts;
let current = new AbortController();
let shown: string | undefined;

showHealth(store, byId('health'), byId('trouble'));
window.addEventListener('hashchange', show);
show();
await store.refresh();

function show(): void {
  const [, id = 'secrets', rest] = /^#\/([a-z]+)(?:\/(.+))?$/s.exec(location.hash) ?? [];
  const tab = TABS.find((candidate) => candidate.id === id) ?? TABS[0];
  if (tab === undefined) return;
  byId('tabs').replaceChildren(...TABS.map((each) => toLink(each, each === tab)));
  document.title = `${tab.title} · conjur-functions console`;
  current.abort();
  current = new AbortController();
  tab.show({ root: main, store, facts, rest: decode(rest), signal: current.signal });
  // After a click the reader goes on in the new view; at the start the page is read from its top.
  if (shown !== undefined && shown !== location.hash) (main.querySelector<HTMLElement>('[data-focus]') ?? main).focus();
  shown = location.hash;
}

function toLink({ id, title }: { id: string; title: string }, isCurrent: boolean): HTMLElement {
  return h('a', { href: `#/${id}`, 'aria-current': isCurrent ? 'page' : undefined }, title);
}

function decode(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    // An address that somebody typed.
    return undefined;
  }
}
