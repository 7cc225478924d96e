import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkSentences, sentencesOf } from './sentences.ts';

const CHECKS = new URL('./real/', import.meta.url);

/** Names of the checks as they stand in the Python files, so that no LiteLLM is needed to know them. */
function namesOfChecks(): string[] {
  const sources = readdirSync(CHECKS)
    .filter((name) => name.endsWith('.py'))
    .map((name) => readFileSync(new URL(name, CHECKS), 'utf8'));
  return sources.flatMap((source) =>
    [...source.matchAll(/^@check\(([\s\S]*?)\)\n(?:async )?def /gm)].flatMap(([, names = '']) =>
      [...names.matchAll(/^\s*"(.*)",?\n?$/gm)].map(([, name = '']) => name),
    ),
  );
}

it('each sentence about LiteLLM in docs/litellm.md and docs/litellm-hooks.md is the name of a check in test/litellm/real, or is listed as no claim', () => {
  expect(namesOfChecks().length).toBeGreaterThan(50);
  expect(checkSentences(namesOfChecks()).filter(({ passed }) => !passed)).toEqual([]);
});

it('tells a sentence that no check has', () => {
  const [first = '', ...others] = namesOfChecks().filter((name) => name.startsWith("LiteLLM's class"));
  expect(others.length).toBeGreaterThan(0);
  const without = namesOfChecks().filter((name) => name !== first);
  expect(checkSentences(without)).toContainEqual({ name: `has a check: ${first}`, passed: false });
});

describe('the sentences of a document', () => {
  it.each([
    ['one that is wrapped', 'LiteLLM wraps\nits lines. It does.', ['LiteLLM wraps its lines.', 'It does.']],
    [
      'items of a list',
      '- LiteLLM a.\n- LiteLLM b\n  and c.\n1. LiteLLM d.',
      ['LiteLLM a.', 'LiteLLM b and c.', 'LiteLLM d.'],
    ],
    ['cells of a table', '| LiteLLM a | b |\n|---|---|', ['LiteLLM a', 'b', '---', '---']],
    ['no heading and no code', '# LiteLLM\n\n```bash\nLiteLLM\n```\n\nText.', ['Text.']],
    ['one that begins with code', 'LiteLLM ends. `code` begins.', ['LiteLLM ends.', '`code` begins.']],
  ])('are %s', (_, markdown, sentences) => {
    expect(sentencesOf(markdown).filter((sentence) => sentence !== '')).toEqual(sentences);
  });
});
