import { readFileSync } from 'node:fs';

const DOCUMENTS = ['litellm.md', 'litellm-hooks.md'];

/** Sentences that name LiteLLM and say nothing about what it does: what to set up, what ours does, what stands where. */
const NO_CLAIMS: readonly string[] = [
  '[LiteLLM](https://www.litellm.ai) is a proxy in front of language models.',
  "[LiteLLM's hooks](litellm-hooks.md) has the contract of each hook, what a failure looks like, and figures beside LiteLLM's own class.",
  "Put `infra/litellm/conjur_secret_manager.py` beside LiteLLM's `config.yaml`.",
  'In `serverless.yml`, the same settings for the functions, under their LiteLLM names:',
  'in LiteLLM',
  'What LiteLLM makes of it differs from hook to hook; these lines of its log want an alarm:',
  "The functions take LiteLLM's four settings with LiteLLM's meaning, and enforce them whoever calls:",
  'LiteLLM (by hand, or `auto_rotate`)',
  'Variables that LiteLLM made are owned as they were: let the groups `readers` and `writers` have them (`infra/conjur`, [policies](policies.md)).',
  "Each sentence here that says something about LiteLLM is the name of a check that runs in LiteLLM's own code.",
  'How to set up the plug-in is in [Using conjur-functions from LiteLLM](litellm.md).',
  'The strategy `litellm-virtual-key` then stores the key that LiteLLM makes.',
  "What LiteLLM's class does differently, each seen on that server:",
];

/**
 * Whether each sentence about LiteLLM in the documents is the name of a check, and each exemption is still one.
 * @param checks names of the checks that ran
 */
export function checkSentences(checks: readonly string[]): { name: string; passed: boolean }[] {
  const sentences = DOCUMENTS.flatMap((name) =>
    sentencesOf(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')),
  );
  const known = new Set([...checks, ...NO_CLAIMS]);
  const unchecked = sentences.filter((sentence) => sentence.includes('LiteLLM') && !known.has(sentence));
  const stale = NO_CLAIMS.filter((sentence) => !sentences.includes(sentence));
  return [
    ...unchecked.map((sentence) => ({ name: `has a check: ${sentence}`, passed: false })),
    ...stale.map((sentence) => ({ name: `stands in a document: ${sentence}`, passed: false })),
    { name: 'Each sentence about LiteLLM in the documents is the name of a check.', passed: unchecked.length === 0 },
  ];
}

/** Of a Markdown text, with its wrapping undone; headings, code blocks and what stands between comments of figures are left out. */
export function sentencesOf(markdown: string): string[] {
  const prose = markdown
    .replace(/^ *```[\s\S]*?^ *```$/gm, '\n')
    .replace(/<!-- figures[\s\S]*?<!-- end of figures -->/g, '\n')
    .replace(/^ *#.*$/gm, '\n')
    .replace(/^ *\|.*\|$/gm, (row) => row.replaceAll('|', '\n\n'))
    .replace(/^ *(?:-|\d+\.) /gm, '\n\n');
  return prose
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim().replace(/\s+/g, ' '))
    .flatMap((paragraph) => paragraph.split(/(?<=[.?!](?:\*\*)?) (?=[A-Z`*[])/));
}
