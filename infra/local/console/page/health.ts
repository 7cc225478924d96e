import { BACKGROUND, call } from './api.ts';
import { h } from './dom.ts';
import { formatSpan } from './format.ts';
import type { Store } from './store.ts';

/** How often the page asks again while somebody looks at it: milliseconds. */
const INTERVAL_MS = 60_000;
/** How often the age of the token is shown anew: milliseconds. */
const TICK_MS = 5_000;

/** Shows as whom the functions are logged in, and how old their token is; or, above the page, why they are not. */
export function showHealth(store: Store, container: HTMLElement, trouble: HTMLElement): void {
  const dot = h('span', { class: 'dot', 'aria-hidden': 'true' });
  const state = h('span', { role: 'status' }, 'Checking …');
  const age = h('span', { class: 'age' });
  const check = h('button', { type: 'button', class: 'quiet', onclick: () => void ask() }, 'Check now');
  let token: { ageMs: number; seenMs: number } | undefined;

  function showAge(): void {
    age.textContent =
      token === undefined ? '' : `token ${formatSpan(token.ageMs + performance.now() - token.seenMs)} old`;
  }

  function see(ageMs: number): void {
    token = { ageMs, seenMs: performance.now() };
    showAge();
  }

  async function ask(): Promise<void> {
    const { ok, body, failure } = await call('GET', '/health', { correlationId: BACKGROUND });
    dot.className = ok ? 'dot ok' : 'dot failed';
    state.textContent = ok ? `Logged in as ${String(body.login)}` : 'Not ready';
    trouble.textContent = failure ?? '';
    token = undefined;
    if (ok && typeof body.token_age_seconds === 'number') see(body.token_age_seconds * 1_000);
    showAge();
  }

  // Any call of the same function tells how old its token is, also right after a refresh.
  store.onLines((added) => {
    const line = added.findLast((candidate) => candidate.function === 'read-secret');
    if (line === undefined || token === undefined || typeof line.tokenAgeMs !== 'number') return;
    see(line.tokenAgeMs + Date.now() - Date.parse(line.timestamp));
  }, new AbortController().signal);
  container.replaceChildren(dot, state, age, check);
  setInterval(showAge, TICK_MS);
  setInterval(() => {
    if (!document.hidden) void ask();
  }, INTERVAL_MS);
  void ask();
}
