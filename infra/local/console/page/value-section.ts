import { call, type Outcome } from './api.ts';
import { field, h, option, statusLine } from './dom.ts';
import { toSecretPath } from './format.ts';

/** Conjur keeps so many versions of a value. */
const VERSIONS_KEPT = 20;

/** The value of a secret: asked for by a click, and gone with the next. Until then it is nowhere in the page. */
export function valueSection(name: string): {
  readonly element: HTMLElement;
  /** Offers the versions up to the latest, and forgets a value that is shown: it may be an old one now. */
  offerVersions(latest: number): void;
} {
  const version = h('select', { onchange: hide });
  const toggle = h('button', { type: 'button', onclick: () => void show() }, 'Show value');
  const copy = h('button', { type: 'button', class: 'quiet', hidden: true, onclick: () => void copyValue() }, 'Copy');
  const output = h('pre', { class: 'value', tabindex: '0', hidden: true, 'aria-label': 'Value' });
  const status = statusLine();

  async function show(): Promise<void> {
    if (!output.hidden) return hide();
    const query = version.value === '' ? '' : `?version=${version.value}`;
    const outcome = await call('GET', `${toSecretPath(name)}${query}`);
    if (outcome.failure !== undefined) return status.say(outcome.failure, 'failed');
    output.textContent = String(outcome.body.value);
    output.hidden = false;
    copy.hidden = false;
    toggle.textContent = 'Hide value';
    status.say(toRemark(outcome));
  }

  function hide(): void {
    output.textContent = '';
    output.hidden = true;
    copy.hidden = true;
    toggle.textContent = 'Show value';
    status.say('');
  }

  async function copyValue(): Promise<void> {
    try {
      await navigator.clipboard.writeText(output.textContent ?? '');
      status.say('Copied.', 'ok');
    } catch {
      status.say('The browser does not let this page copy. Select the value instead.', 'failed');
    }
  }

  const element = h(
    'section',
    { 'aria-labelledby': 'value-title' },
    h('h3', { id: 'value-title' }, 'Value'),
    h('div', { class: 'inline' }, field('version', 'Version', version), toggle, copy),
    output,
    status.element,
  );
  return {
    element,
    offerVersions(latest) {
      hide();
      const older = Array.from({ length: Math.min(latest, VERSIONS_KEPT) - 1 }, (_, index) =>
        String(latest - 1 - index),
      );
      version.replaceChildren(
        option('', latest === 0 ? 'none' : `latest (${latest})`),
        ...older.map((each) => option(each)),
      );
      toggle.disabled = latest === 0;
    },
  };
}

function toRemark({ body }: Outcome): string {
  return body.encoding === 'base64' ? 'Shown is base64: the bytes of this value are no text.' : '';
}
