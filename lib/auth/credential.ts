import type { Deadline } from '../clock.ts';
import { ConjurError } from '../errors.ts';
import { Secret } from '../secret.ts';

/** A login with its api key. */
export interface ApiKeyCredential {
  /** `admin`, or `host/path/name` for a host; as Conjur spells it, not url-encoded. */
  readonly login: string;
  readonly apiKey: Secret;
}

/** Where a credential comes from: a setting, or AWS Secrets Manager. */
export interface CredentialSource {
  /**
   * The credential to try now.
   * @param refusals 0 for the credential at hand; after a refusal, another one, or undefined when there is no other
   */
  get(refusals: number, deadline: Deadline): Promise<ApiKeyCredential | undefined>;
  /** Told of a key that the client itself has rotated, so that it goes on with the new one. */
  replace(credential: ApiKeyCredential): void;
  /** Where an operator finds it, for messages: `CYBERARK_API_KEY`. */
  readonly description: string;
}

/** A credential that was given once and for all. */
export function createStaticCredential(credential: ApiKeyCredential, description: string): CredentialSource {
  let held = credential;
  return {
    description,
    get: async (refusals) => (refusals === 0 ? held : undefined),
    replace(newer) {
      held = newer;
    },
  };
}

/**
 * Reads the content of a credential that Secrets Manager keeps: a bare api key, or a JSON object with `api_key` and, where the login
 * is not the one of the settings, `username`. Further fields are passed over: a rotation may keep its own there.
 * @param login for a content that names no user
 * @param secretId for messages
 * @param option what messages call the option that names the secret
 * @throws ConjurError `config_invalid`, which never quotes the content
 */
export function parseCredential(content: Secret, login: string, secretId: string, option: string): ApiKeyCredential {
  const invalid: Invalid = (problem) =>
    new ConjurError(
      'config_invalid',
      `The secret ${secretId} in Secrets Manager (${option}) ${problem}. Store a Conjur api key, or {"username":"host/path/name","api_key":"..."}.`,
    );
  const text = content.expose().trim();
  if (text === '') throw invalid('is empty');
  if (!text.startsWith('{')) return toBareKey(text, login, invalid);
  const { username, api_key: apiKey } = parseObject(text, invalid);
  if (typeof apiKey !== 'string' || apiKey.trim() === '') throw invalid('has no "api_key"');
  if (username !== undefined && (typeof username !== 'string' || username.trim() === '')) {
    throw invalid('has a "username" that is no text');
  }
  return { login: username?.trim() ?? login, apiKey: Secret.of(apiKey.trim()) };
}

type Invalid = (problem: string) => ConjurError;

/** Whatever has white space or quotes in it is no key but some other form of secret, and must not be sent as one. */
function toBareKey(text: string, login: string, invalid: Invalid): ApiKeyCredential {
  if (/[\s"'[\]]/.test(text)) throw invalid('is neither a bare api key nor a JSON object');
  return { login, apiKey: Secret.of(text) };
}

function parseObject(text: string, invalid: Invalid): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // The parser's message quotes the text, which holds the key.
    throw invalid('begins like JSON and is none');
  }
}
