import { describe, expect, it } from 'vitest';
import { FUNCTION_OPTIONS } from '../../../../functions/runtime/options.ts';
import {
  CONJUR_NAMES,
  PROXY_SETTINGS,
  ROTATION_SETTINGS,
  SECRET_SETTINGS,
  SHARED_SETTINGS,
} from '../../../../infra/stack/setting-names.ts';
import { OPTIONS } from '../../../../lib/options.ts';

describe('the names of the settings', () => {
  it('are those of the tables of options, each of them in one list', () => {
    const listed = [...SHARED_SETTINGS, ...ROTATION_SETTINGS, ...PROXY_SETTINGS, ...SECRET_SETTINGS, ...CONJUR_NAMES];
    const names = [...Object.values(OPTIONS), ...Object.values(FUNCTION_OPTIONS)].flatMap(({ env }) => [...env]);
    // In lower case the proxy's are the same settings again; AWS sets its own.
    const ours = names.filter((name) => name === name.toUpperCase() && !name.startsWith('AWS_'));
    expect([...listed].sort()).toEqual([...new Set(ours)].sort());
  });

  it('hold no secret that a deployment would write into the configuration of a function', () => {
    expect(SECRET_SETTINGS).toEqual([
      'CYBERARK_API_KEY',
      'CYBERARK_AUTHN_JWT',
      'CYBERARK_AUTHN_PASSWORD',
      'CYBERARK_AUTHN_ID_TOKEN',
      'LITELLM_MASTER_KEY',
    ]);
    expect(SHARED_SETTINGS).toContain('CYBERARK_API_KEY_SECRET_ID');
    expect([...SHARED_SETTINGS, ...ROTATION_SETTINGS].filter((name) => SECRET_SETTINGS.includes(name))).toEqual([]);
  });
});
