import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  CONJUR_NAMES,
  PROXY_SETTINGS,
  ROTATION_SETTINGS,
  SECRET_SETTINGS,
  SHARED_SETTINGS,
} from '../../../../infra/stack/setting-names.ts';

const SOURCES = ['lib/env.ts', 'functions/runtime/settings.ts'].map((file) =>
  fileURLToPath(new URL(`../../../../${file}`, import.meta.url)),
);

/** Every variable that the parsers of the settings ask for. */
function variablesOfTheCode(): string[] {
  const source = SOURCES.map((file) => readFileSync(file, 'utf8'));
  const names = source.join('\n').matchAll(/'((?:CYBERARK|CONJUR|LITELLM|ROTATION)_[A-Z_]+|(?:HTTPS?|NO)_PROXY)'/g);
  return [...new Set([...names].map(([, name]) => name as string))].sort();
}

describe('the names of the settings', () => {
  it('are those that the code reads, each of them in one list', () => {
    const listed = [...SHARED_SETTINGS, ...ROTATION_SETTINGS, ...PROXY_SETTINGS, ...SECRET_SETTINGS, ...CONJUR_NAMES];
    expect([...listed].sort()).toEqual(variablesOfTheCode());
  });
});
