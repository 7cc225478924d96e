import { describe, expect, it } from 'vitest';
import { loadMasterKey } from '../../../../../../functions/rotate-key/strategies/litellm-virtual-key/master-key.ts';
import { Deadline } from '../../../../../../lib/clock.ts';
import { Secret } from '../../../../../../lib/secret.ts';
import { FakeClock } from '../../../../lib/fake-clock.ts';

const deadline = new Deadline(new FakeClock(), 10_000);
const inSettings = Secret.of('sk-of-the-settings');

async function load(content: string | undefined, masterKeySecretId: string | undefined = 'litellm/master') {
  const reader = { read: async () => (content === undefined ? undefined : Secret.of(content)) };
  const settings = { baseUrl: undefined, masterKey: inSettings, masterKeySecretId };
  return (await loadMasterKey(settings, async () => reader, deadline)).expose();
}

describe("LiteLLM's master key", () => {
  it.each([
    ['bare', 'sk-stored'],
    ['bare with white space around it', ' sk-stored\n'],
    ['in JSON', '{"master_key":"sk-stored","note":"mine"}'],
    ['in JSON with white space around it', ' {"master_key":" sk-stored\\n"}'],
  ])('comes from Secrets Manager, %s, before the settings', async (_, content) => {
    expect(await load(content)).toBe('sk-stored');
  });

  it('comes from the settings where they name no secret', async () => {
    const settings = { baseUrl: undefined, masterKey: inSettings, masterKeySecretId: undefined };
    const never = async () => Promise.reject(new Error('not to be loaded'));
    expect((await loadMasterKey(settings, never, deadline)).expose()).toBe('sk-of-the-settings');
  });

  it('that is nowhere is a fault of the settings', async () => {
    const settings = { baseUrl: undefined, masterKey: undefined, masterKeySecretId: undefined };
    await expect(
      loadMasterKey(settings, async () => ({ read: async () => undefined }), deadline),
    ).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('LITELLM_MASTER_KEY'),
    });
  });

  it.each([
    ['nothing', undefined],
    ['an empty text', ' '],
    ['several words', 'sesame open'],
    ['broken JSON', '{"master_key":"sesame"'],
    ['JSON without it', '{"key":"sesame"}'],
    ['JSON with a number', '{"master_key":1}'],
  ])('is not taken from a secret that holds %s, which is never quoted', async (_, content) => {
    const error = await load(content).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining('litellm/master') });
    expect(String(error)).not.toContain('sesame');
  });
});
