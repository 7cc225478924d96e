import type { FunctionName } from '../faults/table/functions-of.ts';
import { toHttpEvent } from '../fuzz/arbitraries/http-events.ts';
import { CANARIES } from './canaries.ts';

export interface CanaryCall {
  readonly to: FunctionName;
  readonly event: unknown;
}

const { value, newValue, virtualKey } = CANARIES;

/** Every kind of call, right and wrong, with secrets where they belong and where they do not. */
const PAYLOADS: readonly [FunctionName, unknown][] = [
  ['read-secret', { name: 'a/b' }],
  ['read-secret', { name: 'a/b', version: 2 }],
  ['read-secret', { names: ['a/b', 'a/c', 'a,d'] }],
  ['read-secret', { list: { search: 'a' } }],
  ['read-secret', { health: true }],
  ['read-secret', { name: 'a/b', value }],
  ['read-secret', { names: value }],
  ['read-secret', { name: 'a/b', version: value }],
  ['read-secret', { [value]: 1 }],
  ['read-secret', { name: 'a/b', [value]: 1 }],
  ['read-secret', value],
  ['write-secret', { name: 'a/b', value }],
  ['write-secret', { name: 'a/b', value: Buffer.from(value).toString('base64'), encoding: 'base64' }],
  ['write-secret', { name: 'a/b', value, encoding: 'base64' }],
  [
    'write-secret',
    {
      secrets: [
        { name: 'a/b', value },
        { name: 'a/c', value: newValue },
        { name: 'a//d', value },
      ],
    },
  ],
  ['write-secret', { secrets: [{ name: 'a/b', value: { value } }, value] }],
  ['write-secret', { virtual_key: { key: virtualKey, key_alias: 'team', token_id: 'f'.repeat(64) } }],
  ['write-secret', { virtual_key: { key: virtualKey, key_alias: virtualKey, token_id: virtualKey } }],
  ['write-secret', { virtual_key: virtualKey }],
  ['write-secret', { delete: 'a/b' }],
  ['write-secret', { name: 'a/b', value: [value] }],
  ['write-secret', { name: 'a/b', value, mime_type: value }],
  ['write-secret', { name: 'a/b', value, annotations: { [value]: 'x', note: [value] } }],
  ['write-secret', { name: 'a/b', vlaue: value }],
  ['write-secret', { name: 'a/b', value: 'x', encoding: value }],
  ['rotate-key', { name: 'a/b', strategy: 'random', prefix: value }],
  ['rotate-key', { name: 'a/b', strategy: 'random', alphabet: value, length: value }],
  ['rotate-key', { name: 'a/b', strategy: 'supplied', new_value: newValue }],
  ['rotate-key', { name: 'a/b', strategy: 'supplied', new_value: newValue, new_name: 'a/e' }],
  ['rotate-key', { name: 'a/b', strategy: 'supplied', new_value: { newValue } }],
  ['rotate-key', { name: 'a/b', strategy: newValue }],
  ['rotate-key', { name: 'a/b', strategy: 'litellm-virtual-key', grace_period: '24h' }],
  ['rotate-key', { name: 'a/b', strategy: 'litellm-virtual-key', grace_period: virtualKey }],
  ['rotate-key', { strategy: 'conjur-api-key', secret_id: 'conjur/functions' }],
  ['rotate-key', { Step: 'createSecret', SecretId: 'conjur/functions', ClientRequestToken: 't'.repeat(36) }],
  ['rotate-key', { Step: value, SecretId: 'conjur/functions', ClientRequestToken: value, RotationToken: value }],
];

const json = { 'content-type': 'application/json' };
const call = (method: string, path: string, body?: string | Buffer, headers: Record<string, string> = json) =>
  toHttpEvent('http-api-v2', { method, path, query: [], headers, body }, false);

const HTTP: readonly [FunctionName, unknown][] = [
  ['read-secret', call('GET', '/secrets/a/b')],
  ['read-secret', call('GET', '/health')],
  ['read-secret', call('GET', '/secrets/a/b', undefined, { authorization: `Bearer ${CANARIES.jwt}`, accept: value })],
  ['read-secret', call('DELETE', '/secrets/a/b', value)],
  ['write-secret', call('PUT', '/secrets/a/b', JSON.stringify({ value }))],
  ['write-secret', call('PUT', '/secrets/a/b', value, { 'content-type': 'text/plain' })],
  ['write-secret', call('PUT', '/secrets/a/b', JSON.stringify({ value }).slice(0, -1))],
  ['write-secret', call('PUT', '/secrets/a/b', value)],
  ['write-secret', call('PUT', '/secrets/a/b', JSON.stringify({ [value]: value }))],
  ['write-secret', call('POST', '/secrets', JSON.stringify({ secrets: [{ name: 'a/b', value }] }))],
  ['write-secret', call('POST', '/virtual-keys', JSON.stringify({ key: virtualKey, token_id: 'f'.repeat(64) }))],
  ['write-secret', call('DELETE', '/secrets/a/b')],
  [
    'rotate-key',
    call('POST', '/rotations', JSON.stringify({ name: 'a/b', strategy: 'supplied', new_value: newValue })),
  ],
  ['rotate-key', call('POST', '/rotations', JSON.stringify({ name: 'a/b', strategy: 'litellm-virtual-key' }))],
  ['rotate-key', call('POST', '/rotations', newValue)],
];

export const CANARY_CALLS: readonly CanaryCall[] = [...PAYLOADS, ...HTTP].map(([to, event]) => ({ to, event }));
