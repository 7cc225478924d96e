import { h } from './dom.ts';
import {
  exampleOf,
  type FieldRow,
  fieldsOf,
  formsOf,
  type OpenapiDocument,
  type Operation,
  operationsByFunction,
  type Response,
} from './openapi.ts';
import { tryForm } from './try-form.ts';
import type { ViewContext } from './view-context.ts';

/** Every call of the HTTP API: what it takes and answers, how it fails, and a form that sends it. */
export function showReference({ root, signal }: ViewContext): void {
  const content = h('div', {}, h('p', { role: 'status' }, 'Loading …'));
  root.replaceChildren(
    h('h1', { tabindex: '-1', 'data-focus': true }, 'API reference'),
    h(
      'p',
      { class: 'lead' },
      'Each call can be sent from here; it goes to the functions on this machine. The same as a document: ',
      h('a', { href: '/openapi.json' }, 'openapi.json'),
      '.',
    ),
    content,
  );
  void load(content, signal);
}

async function load(content: HTMLElement, signal: AbortSignal): Promise<void> {
  try {
    const response = await fetch('/openapi.json', { signal });
    const document = (await response.json()) as OpenapiDocument;
    content.replaceChildren(
      ...[...operationsByFunction(document)].flatMap(([name, operations]) => [
        h('h2', { class: 'group' }, name),
        ...operations.map((operation) => toBlock(document, operation)),
      ]),
    );
  } catch (error) {
    if (!signal.aborted) content.replaceChildren(h('p', {}, `The reference has no answer (${(error as Error).name}).`));
  }
}

function toBlock(document: OpenapiDocument, operation: Operation): HTMLElement {
  const { operationId, method, path, summary } = operation;
  const body = h('div', { class: 'operation' });
  const block = h(
    'details',
    { id: operationId, class: 'call' },
    h(
      'summary',
      { class: 'opens' },
      h('span', { class: `method ${method.toLowerCase()}` }, method),
      h('code', {}, path),
      h('span', { class: 'what' }, summary),
    ),
    body,
  );
  // Filled when it is opened: forms of calls that nobody looks at need not be there.
  block.addEventListener('toggle', () => body.replaceChildren(...(block.open ? toContent(document, operation) : [])));
  return block;
}

function toContent(document: OpenapiDocument, operation: Operation): HTMLElement[] {
  const { operationId, description, responses } = operation;
  const statuses = Object.entries(responses);
  const errors = statuses.filter(([status]) => Number(status) >= 400);
  return [
    h('p', {}, ...toInline(description ?? '')),
    ...tryForm(operation),
    ...toRequest(document, operation),
    h('h3', {}, 'Answer'),
    ...toAnswers(
      document,
      statuses.filter(([status]) => Number(status) < 400),
    ),
    h('h3', { id: `${operationId}-errors` }, 'Errors'),
    h(
      'ul',
      { class: 'errors', 'aria-labelledby': `${operationId}-errors` },
      ...errors.flatMap(([status, response]) => toErrors(document, status, response)),
    ),
  ];
}

function toRequest(document: OpenapiDocument, { parameters = [], requestBody }: Operation): HTMLElement[] {
  const rows = parameters.map(({ name, in: place, required, schema, description = '' }) => ({
    name,
    type: `${schema.type ?? 'any'}, in the ${place}`,
    required,
    description,
  }));
  const schema = requestBody?.content['application/json']?.schema;
  const forms = schema === undefined ? [] : formsOf(document, schema);
  return [
    ...(rows.length === 0 ? [] : [h('h3', {}, 'Parameters'), toTable('Parameters', rows)]),
    ...(forms.length === 0 ? [] : [h('h3', {}, 'Body')]),
    ...forms.map((form) => toTable('Body', fieldsOf(document, form))),
  ];
}

/** Statuses whose answers have the same fields stand together. */
function toAnswers(document: OpenapiDocument, statuses: readonly (readonly [string, Response])[]): HTMLElement[] {
  const bySchema = Map.groupBy(statuses, ([, { content }]) => JSON.stringify(content['application/json']?.schema));
  return [...bySchema.values()].flatMap((group) => {
    const schema = group[0]?.[1].content['application/json']?.schema;
    const forms = schema === undefined ? [] : formsOf(document, schema);
    const lines = group.map(([status, { description }]) => h('p', {}, h('strong', {}, status), ` ${description}`));
    const names = group.map(([status]) => status).join(', ');
    return [...lines, ...forms.map((form) => toTable(`Answer ${names}`, fieldsOf(document, form)))];
  });
}

/** One for each code of the status, with the answer that it comes with. */
function toErrors(document: OpenapiDocument, status: string, { content }: Response): HTMLElement[] {
  const examples = Object.entries(content['application/problem+json']?.examples ?? {});
  return examples.map(([code, example]) =>
    h(
      'li',
      {},
      h(
        'details',
        {},
        h('summary', {}, h('span', { class: 'code' }, status), h('code', {}, code)),
        h(
          'pre',
          { tabindex: '0', 'aria-label': `Answer ${status} ${code}` },
          JSON.stringify(exampleOf(document, example), null, 2),
        ),
      ),
    ),
  );
}

function toTable(caption: string, rows: readonly FieldRow[]): HTMLElement {
  return h(
    'div',
    { class: 'wide', tabindex: '0', role: 'group', 'aria-label': caption },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h('tr', {}, ...['Field', 'Type', ''].map((title) => h('th', { scope: 'col' }, title || 'Meaning'))),
      ),
      h(
        'tbody',
        {},
        ...rows.map(({ name, type, required, description }) =>
          h(
            'tr',
            {},
            h(
              'th',
              { scope: 'row' },
              h('code', {}, name),
              required ? h('span', { class: 'required' }, ' required') : undefined,
            ),
            h('td', {}, type),
            h('td', {}, ...toInline(description)),
          ),
        ),
      ),
    ),
  );
}

/** Text in which code stands between backticks, as in the document. */
function toInline(text: string): (string | HTMLElement)[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? h('code', {}, part) : part));
}
