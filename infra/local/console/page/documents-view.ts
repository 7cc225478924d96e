import { h } from './dom.ts';
import type { ViewContext } from './view-context.ts';

/** Lists the documents of the project, which the console serves as pages. */
export function showDocuments({ root, facts }: ViewContext): void {
  const items = facts.documents.map(({ path, title }) =>
    h('li', {}, h('a', { href: `/console/${path}` }, title), h('span', { class: 'path' }, path)),
  );
  root.replaceChildren(
    h('h1', { tabindex: '-1', 'data-focus': true }, 'Documentation'),
    h('p', { class: 'lead' }, 'The pages of the project, as they are in its folder.'),
    h('ul', { class: 'documents' }, ...items),
  );
}
