import type { LoggedLine } from '../call-log.ts';
import { call, newCorrelationId } from './api.ts';
import { field, h, option, statusLine } from './dom.ts';
import { formatDuration, formatTime } from './format.ts';
import type { Store } from './store.ts';

export interface RotationFormOptions {
  /** Of the secret. */
  readonly name: string;
  readonly store: Store;
  readonly signal: AbortSignal;
  /** The secret is the functions' own credential. Default false. */
  readonly credential?: boolean;
  /** There is a LiteLLM. Default false. */
  readonly litellm?: boolean;
}

/** A way to rotate: what it does, and what it asks for. */
interface Strategy {
  readonly name: string;
  readonly what: string;
  readonly input?: {
    readonly field: string;
    readonly label: string;
    readonly required: boolean;
    readonly value?: string;
  };
}

const RANDOM: Strategy = {
  name: 'random',
  what: 'A new random value is written, read back and compared.',
  input: { field: 'prefix', label: 'Prefix (may stay empty)', required: false },
};
const SUPPLIED: Strategy = {
  name: 'supplied',
  what: 'A value that you bring is written, read back and compared.',
  input: { field: 'new_value', label: 'New value', required: true },
};
const LITELLM: Strategy = {
  name: 'litellm-virtual-key',
  what: 'LiteLLM gets a new key for the virtual key that this secret holds; the old one works for the grace period.',
  input: { field: 'grace_period', label: 'Grace period', required: true, value: '1h' },
};
const CREDENTIAL: Strategy = {
  name: 'conjur-api-key',
  what: 'Secrets Manager’s four steps: create, set, test, finish.',
};

/** Starts a rotation, and shows its steps as the function logs them. */
export function rotationForm({ name, store, signal, credential, litellm }: RotationFormOptions): HTMLElement {
  const strategies = credential ? [CREDENTIAL] : [RANDOM, SUPPLIED, ...(litellm ? [LITELLM] : [])];
  const choice = h('select', { onchange: showInput }, ...strategies.map((strategy) => option(strategy.name)));
  const what = h('p', { class: 'hint' });
  const place = h('div');
  const steps = h('ol', { class: 'steps', 'aria-label': 'Steps of the rotation', 'aria-live': 'polite' });
  const status = statusLine();
  const button = h('button', { type: 'submit', class: 'primary' }, 'Rotate');
  let input: HTMLInputElement | undefined;

  function chosen(): Strategy {
    return strategies.find((strategy) => strategy.name === choice.value) ?? RANDOM;
  }

  function showInput(): void {
    const { what: text, input: wanted } = chosen();
    what.textContent = text;
    input = wanted === undefined ? undefined : h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false' });
    if (input !== undefined && wanted !== undefined) {
      input.required = wanted.required;
      input.value = wanted.value ?? '';
      place.replaceChildren(field('rotation-input', wanted.label, input));
    } else place.replaceChildren();
  }

  async function rotate(event: Event): Promise<void> {
    event.preventDefault();
    const strategy = chosen();
    const correlationId = newCorrelationId();
    steps.replaceChildren();
    button.disabled = true;
    status.say('Rotating …');
    const following = new AbortController();
    signal.addEventListener('abort', () => following.abort(), { signal: following.signal });
    store.onLines((added) => {
      for (const line of added) if (isStepOf(line, correlationId)) steps.append(toStep(line));
    }, following.signal);
    const body = { ...toFields(strategy), [credential ? 'secret_id' : 'name']: name, strategy: strategy.name };
    const { failure, body: answer } = await call('POST', '/rotations', { body, correlationId });
    button.disabled = false;
    if (input !== undefined) input.value = strategy.input?.value ?? '';
    if (failure !== undefined) return status.say(failure, 'failed');
    status.say(`Rotated at ${formatTime(String(answer.rotated_at))}: ${toVersion(answer.version)}.`, 'ok');
  }

  function toFields({ input: wanted }: Strategy): Record<string, string> {
    return wanted === undefined || input === undefined || input.value === '' ? {} : { [wanted.field]: input.value };
  }

  showInput();
  return h(
    'form',
    { onsubmit: (event) => void rotate(event) },
    field('strategy', 'Strategy', choice),
    what,
    place,
    h('div', { class: 'actions' }, button, status.element),
    steps,
  );
}

function isStepOf({ correlationId, step }: LoggedLine, wanted: string): boolean {
  return step !== undefined && correlationId === wanted;
}

function toStep({ step, durationMs, code }: LoggedLine): HTMLElement {
  const failed = typeof code === 'string';
  return h(
    'li',
    { class: failed ? 'failed' : 'ok' },
    h('span', {}, String(step)),
    h('span', { class: 'duration' }, failed ? code : formatDuration(durationMs)),
  );
}

function toVersion(version: unknown): string {
  if (typeof version === 'number') return `version ${version}`;
  return typeof version === 'string' ? `version ${version.slice(0, 8)}…` : 'its version may not be seen';
}
