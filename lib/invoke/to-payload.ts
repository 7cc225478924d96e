import { isUtf8 } from 'node:buffer';
import { Secret } from '../secret.ts';
import type { RotationCall, SecretToStore } from './secrets-client.ts';

/** A value in the form of the calls: text where the bytes are UTF-8, base64 where they are not. */
function toEncoded(value: Secret | string | Uint8Array): { text: string; encoding: 'utf-8' | 'base64' } {
  const secret = value instanceof Secret ? value : Secret.of(value);
  const bytes = secret.exposeBytes();
  return isUtf8(bytes)
    ? { text: secret.expose(), encoding: 'utf-8' }
    : { text: bytes.toString('base64'), encoding: 'base64' };
}

export function toWritePayload({ name, value, mimeType, annotations }: SecretToStore): Record<string, unknown> {
  const { text, encoding } = toEncoded(value);
  return { name, value: text, encoding, mime_type: mimeType, annotations };
}

export function toRotationPayload(call: RotationCall): Record<string, unknown> {
  const { strategy } = call;
  switch (strategy) {
    case 'random': {
      const { name, length, alphabet, prefix, returnValue } = call;
      return { strategy, name, length, alphabet, prefix, return_value: returnValue };
    }
    case 'supplied': {
      const { text, encoding } = toEncoded(call.newValue);
      const { name, newName, returnValue } = call;
      return { strategy, name, new_value: text, encoding, new_name: newName, return_value: returnValue };
    }
    case 'litellm-virtual-key': {
      const { name, gracePeriod, duration, returnValue } = call;
      return { strategy, name, grace_period: gracePeriod, duration, return_value: returnValue };
    }
    case 'conjur-api-key':
      return { strategy, secret_id: call.secretId };
  }
}
