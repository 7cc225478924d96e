import { call } from './api.ts';
import { field, h, option, statusLine } from './dom.ts';
import { toCurl } from './format.ts';
import type { Operation, Parameter } from './openapi.ts';

/** A form that sends a call as it stands, with its examples filled in, and the same call as a command. */
export function tryForm(operation: Operation): HTMLElement[] {
  const { operationId, method, path, parameters = [], requestBody } = operation;
  const examples = Object.entries(requestBody?.content['application/json']?.examples ?? {});
  const inputs = parameters.map((parameter) => ({ parameter, control: toControl(parameter) }));
  const body = examples.length === 0 ? undefined : h('textarea', { rows: '4', spellcheck: 'false', class: 'code' });
  const choice = h('select', { onchange: takeExample }, ...examples.map(([name]) => option(name)));
  const command = h('pre', { tabindex: '0', class: 'command', 'aria-label': 'The same call as a command' });
  const answer = h('pre', { tabindex: '0', class: 'answer', hidden: true, 'aria-label': 'Answer' });
  const status = statusLine();

  function takeExample(): void {
    const [, example] = examples.find(([name]) => name === choice.value) ?? [];
    if (body !== undefined && example !== undefined) body.value = JSON.stringify(example.value, null, 2);
    showCommand();
  }

  function toPath(): string {
    let target = path;
    const query = new URLSearchParams();
    for (const { parameter, control } of inputs) {
      if (parameter.in === 'path')
        target = target.replace(`{${parameter.name}}`, control.value.split('/').map(encodeURIComponent).join('/'));
      else if (control.value !== '') query.append(parameter.name, control.value);
    }
    return query.size === 0 ? target : `${target}?${query}`;
  }

  function showCommand(): void {
    command.textContent = toCurl(method, location.origin + toPath(), body && compact(body.value));
  }

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    const parsed = body === undefined ? undefined : parse(body.value);
    if (body !== undefined && parsed === undefined) return status.say('The body is not JSON.', 'failed');
    status.say('Sending …');
    const outcome = await call(method, toPath(), parsed === undefined ? {} : { body: parsed });
    status.say(`${outcome.status === 0 ? outcome.failure : outcome.status}`, outcome.ok ? 'ok' : 'failed');
    answer.hidden = outcome.status === 0;
    answer.textContent = JSON.stringify(outcome.body, null, 2);
  }

  const form = h(
    'form',
    { onsubmit: (event) => void send(event), oninput: showCommand, class: 'try' },
    ...inputs.map(({ parameter, control }) => field(`${operationId}-${parameter.name}`, toLabel(parameter), control)),
    examples.length > 1 ? field(`${operationId}-example`, 'Example', choice) : undefined,
    body && field(`${operationId}-body`, 'Body', body),
    command,
    h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'primary' }, 'Send'), status.element),
    answer,
  );
  takeExample();
  return [h('h3', {}, 'Try it'), form];
}

function toControl({ required, example, schema }: Parameter): HTMLInputElement | HTMLSelectElement {
  if (schema.type === 'boolean') return h('select', {}, option('', 'not given'), option('true'), option('false'));
  const input = h('input', { type: 'text', required, autocomplete: 'off', spellcheck: 'false' });
  input.value = typeof example === 'string' ? example : '';
  return input;
}

function toLabel({ name, in: place }: Parameter): string {
  return `${name} (${place})`;
}

function compact(json: string): string {
  const parsed = parse(json);
  return parsed === undefined ? json : JSON.stringify(parsed);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
