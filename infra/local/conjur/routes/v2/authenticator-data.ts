import { isObject } from './v2-route.ts';

/** What the variables of a service say, as the V2 API shows and takes it. */
export type AuthenticatorData = Record<string, unknown>;

/** Fields of each type, named as the variables of the service with `_` for `-`. Absent: the type has no data. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  jwt: ['ca_cert', 'audience', 'jwks_uri', 'issuer', 'public_keys'],
  azure: ['provider_uri'],
  oidc: [
    ...['provider_uri', 'id_token_user_property', 'client_id', 'client_secret', 'redirect_uri', 'claim_mapping'],
    ...['name', 'ca_cert', 'token_ttl', 'provider_scope'],
  ],
  ldap: ['bind_password', 'tls_ca_cert'],
  k8s: [...['kubernetes/service_account_token', 'kubernetes/ca_cert', 'kubernetes/api_url', 'ca/cert', 'ca/key']],
  aws: [],
  gcp: [],
};
const IDENTITY = ['token_app_property', 'identity_path', 'enforced_claims', 'claim_aliases'];
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  azure: ['provider_uri'],
  oidc: ['provider_uri'],
  k8s: ['ca/cert', 'ca/key'],
};

/** The types that there are. */
export const TYPES = Object.keys(FIELDS);

/** Whether the type has variables at all. */
export function hasData(type: string): boolean {
  return (FIELDS[type] ?? []).length > 0;
}

/** What is wrong with the data of a new service; undefined when nothing is. */
export function findDataFault(type: string, data: unknown): string | undefined {
  if (!hasData(type)) return data === undefined ? undefined : `The 'data' object cannot be given for ${type}.`;
  if (data === undefined) return type === 'ldap' ? undefined : `The 'data' object must be given for ${type}.`;
  if (!isObject(data) || Object.keys(data).length === 0) return "'data' must be an object with something in it.";
  const known = [...(FIELDS[type] ?? []), ...(type === 'jwt' ? ['identity'] : [])];
  const unknown = Object.keys(data).find((name) => !known.includes(name));
  if (unknown !== undefined) return `The parameter 'data.${unknown}' was not expected.`;
  const missing = REQUIRED[type]?.find((name) => data[name] === undefined);
  if (missing !== undefined) return `Missing required parameter: data.${missing}`;
  return type === 'jwt' ? findJwtFault(data) : findTextFault(data);
}

function findTextFault(data: AuthenticatorData): string | undefined {
  const wrong = Object.entries(data).find(([, value]) => typeof value !== 'string')?.[0];
  return wrong === undefined ? undefined : `The parameter 'data.${wrong}' must be a text.`;
}

function findJwtFault(data: AuthenticatorData): string | undefined {
  const { public_keys: keys, identity = {}, ...texts } = data;
  if ((data.jwks_uri === undefined) === (keys === undefined)) return "'data' needs either 'jwks_uri' or 'public_keys'.";
  if (keys !== undefined && !isObject(keys)) return "The parameter 'data.public_keys' must be an object.";
  if (keys !== undefined && data.issuer === undefined) return "With 'public_keys', 'issuer' must be given as well.";
  if (!isObject(identity)) return "The parameter 'data.identity' must be an object.";
  const unknown = Object.keys(identity).find((name) => !IDENTITY.includes(name));
  if (unknown !== undefined) return `The parameter 'data.identity.${unknown}' was not expected.`;
  if (identity.identity_path !== undefined && identity.token_app_property === undefined)
    return "With 'identity_path', 'token_app_property' must be given as well.";
  return findTextFault(texts);
}

/** Variables of a service, by their names below it, from the data of a new one. */
export function toVariables(data: AuthenticatorData): Map<string, string> {
  const { identity = {}, ...fields } = data;
  const all = Object.entries({ ...fields, ...(isObject(identity) ? identity : {}) });
  return new Map(all.map(([name, value]) => [name.replaceAll('_', '-'), toText(name, value)]));
}

function toText(name: string, value: unknown): string {
  if (name === 'enforced_claims' && Array.isArray(value)) return value.join(',');
  if (name === 'claim_aliases' && isObject(value))
    return Object.entries(value)
      .map(([alias, claim]) => `${alias}:${claim}`)
      .join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The data of a service from its variables, by their names below it. */
export function toData(type: string, variables: ReadonlyMap<string, string>): AuthenticatorData {
  const textOf = (name: string) => variables.get(name.replaceAll('_', '-'));
  const present = (names: readonly string[]) =>
    names.flatMap((name) => (textOf(name) === undefined ? [] : [[name, fromText(name, textOf(name) ?? '')] as const]));
  const data = Object.fromEntries(present(FIELDS[type] ?? []));
  const identity = type === 'jwt' ? Object.fromEntries(present(IDENTITY)) : {};
  return Object.keys(identity).length === 0 ? data : { ...data, identity };
}

function fromText(name: string, text: string): unknown {
  if (name === 'enforced_claims') return text.trim() === '' ? [] : text.split(',').map((claim) => claim.trim());
  if (name === 'claim_aliases') {
    const pairs = text.split(',').map((pair) => pair.split(':'));
    return Object.fromEntries(pairs.flatMap(([alias, claim]) => (alias && claim ? [[alias, claim]] : [])));
  }
  if (name !== 'public_keys') return text;
  try {
    return JSON.parse(text);
  } catch {
    // A policy's variable may hold anything; a text that is no JSON is shown as it is.
    return text;
  }
}
