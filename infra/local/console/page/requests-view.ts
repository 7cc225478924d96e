import type { LoggedLine } from '../call-log.ts';
import { BACKGROUND } from './api.ts';
import { h } from './dom.ts';
import { formatDuration, formatTime } from './format.ts';
import type { ViewContext } from './view-context.ts';

/** Rows that are shown. */
const LIMIT = 100;

/** The last lines of the functions' log, newest first; each opens to the line itself. */
export function showRequests({ root, store, signal }: ViewContext): void {
  const list = h('ul', { class: 'lines divided' });
  const all = h('input', { type: 'checkbox', id: 'all', onchange: showAll });
  const pause = h('button', { type: 'button', 'aria-pressed': 'false', onclick: togglePause }, 'Pause');
  const none = h('p', { class: 'hint' }, 'No call yet. Write or rotate a secret, or call the API by curl.');
  let paused = false;

  function isShown(line: LoggedLine): boolean {
    return all.checked || line.correlationId !== BACKGROUND;
  }

  function showAll(): void {
    const lines = store.lines.filter(isShown).slice(-LIMIT).reverse();
    list.replaceChildren(...lines.map(toItem));
    none.hidden = lines.length > 0;
  }

  function togglePause(): void {
    paused = !paused;
    pause.setAttribute('aria-pressed', String(paused));
    if (!paused) showAll();
  }

  store.onLines((added) => {
    if (paused) return;
    // One by one, so that a line which is open stays open.
    if (added.length !== 1) return showAll();
    for (const line of added.filter(isShown)) list.prepend(toItem(line));
    while (list.children.length > LIMIT) list.lastElementChild?.remove();
    none.hidden = list.children.length > 0;
  }, signal);
  root.replaceChildren(
    h(
      'div',
      { class: 'row' },
      h('h1', { tabindex: '-1', 'data-focus': true }, 'Requests'),
      h('div', { class: 'inline' }, h('label', { class: 'check' }, all, 'The console’s own reads too'), pause),
    ),
    h('p', { class: 'lead' }, 'What the functions logged, newest first: names and outcomes, never a value.'),
    none,
    list,
  );
  showAll();
}

function toItem(line: LoggedLine): HTMLElement {
  const { timestamp, outcome, durationMs, step, code } = line;
  const result =
    typeof outcome === 'string' ? outcome : typeof code === 'string' ? code : step === undefined ? line.level : 'ok';
  return h(
    'li',
    {},
    h(
      'details',
      { class: step === undefined ? undefined : 'step' },
      h(
        'summary',
        { class: 'opens' },
        h('span', { class: 'time' }, formatTime(timestamp)),
        h('span', { class: 'call' }, toTitle(line)),
        h('span', { class: `outcome ${toKind(result, line.level)}` }, result),
        h('span', { class: 'duration' }, formatDuration(durationMs)),
      ),
      h('pre', { tabindex: '0', 'aria-label': 'Log line' }, JSON.stringify(line, null, 2)),
    ),
  );
}

function toKind(result: string, level: string): string {
  if (result === 'ok') return 'ok';
  return level === 'INFO' ? 'refused' : 'failed';
}

function toTitle({ call, name, secretId, count, step, strategy, message }: LoggedLine): string {
  if (step !== undefined) return `step: ${String(step)}`;
  const what = name ?? secretId ?? (count === undefined ? undefined : `${String(count)} secrets`);
  if (call === undefined) return message;
  return [call, what, strategy === undefined ? undefined : `(${String(strategy)})`]
    .filter((part) => part !== undefined)
    .map(String)
    .join(' ');
}
