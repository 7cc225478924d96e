import type { AuthenticatorKind } from '../authn/authenticator.ts';
import { inferAuthenticator } from '../authn/infer-authenticator.ts';
import { Secret } from '../secret.ts';
import type { EnvironmentReader } from './environment-reader.ts';
import { IAM_STS, type Settings, type TlsSettings } from './settings.ts';

type AuthnSettings = Pick<
  Settings,
  | 'apiKey'
  | 'apiKeySecretId'
  | 'authn'
  | 'authnServiceId'
  | 'awsRegion'
  | 'iamSts'
  | 'jwt'
  | 'jwtFile'
  | 'login'
  | 'loginGiven'
>;

const KINDS: readonly AuthenticatorKind[] = ['api-key', 'cert', 'iam', 'jwt'];

/** Which authenticator, and what it needs. Inferred from what is given where `CYBERARK_AUTHN` does not say. */
export function parseAuthnSettings(reader: EnvironmentReader, tls: TlsSettings): AuthnSettings {
  const apiKey = reader.text('CYBERARK_API_KEY', 'CONJUR_AUTHN_API_KEY');
  const jwt = reader.text('CYBERARK_AUTHN_JWT');
  const login = reader.text('CYBERARK_USERNAME', 'CONJUR_AUTHN_LOGIN')?.trim();
  const given = {
    login: login ?? 'admin',
    loginGiven: login !== undefined,
    iamSts: reader.oneOf('CYBERARK_AUTHN_IAM_STS', IAM_STS) ?? 'regional',
    awsRegion: reader.text('AWS_REGION', 'AWS_DEFAULT_REGION')?.trim(),
    apiKey: apiKey === undefined ? undefined : Secret.of(apiKey.trim()),
    apiKeySecretId: reader.text('CYBERARK_API_KEY_SECRET_ID')?.trim(),
    authnServiceId: reader.text('CYBERARK_AUTHN_SERVICE_ID')?.trim(),
    jwt: jwt === undefined ? undefined : Secret.of(jwt.trim()),
    jwtFile: reader.text('CYBERARK_AUTHN_JWT_FILE')?.trim(),
  };
  const authn = reader.oneOf('CYBERARK_AUTHN', KINDS) ?? inferAuthenticator(given, tls);
  checkComplete(reader, { ...given, authn }, tls);
  return { ...given, authn };
}

function checkComplete(reader: EnvironmentReader, given: AuthnSettings, tls: TlsSettings): void {
  const needsServiceId = given.authn === 'iam' || given.authn === 'jwt';
  if (needsServiceId && given.authnServiceId === undefined) {
    reader.problem('CYBERARK_AUTHN_SERVICE_ID', `must name the service of authn-${given.authn}`);
  }
  if (given.authn === 'api-key' && given.apiKey === undefined && given.apiKeySecretId === undefined) {
    reader.problem(
      'CYBERARK_API_KEY',
      'is missing (or CYBERARK_API_KEY_SECRET_ID, or another authenticator by CYBERARK_AUTHN)',
    );
  }
  if (given.authn === 'jwt' && given.jwt === undefined && given.jwtFile === undefined) {
    reader.problem('CYBERARK_AUTHN_JWT', 'is missing (or CYBERARK_AUTHN_JWT_FILE)');
  }
  if (given.authn === 'iam') checkIam(reader, given);
  if (given.authn === 'cert' && tls.clientCert === undefined) {
    reader.problem('CYBERARK_CLIENT_CERT', 'is missing');
  }
}

function checkIam(reader: EnvironmentReader, given: AuthnSettings): void {
  if (!given.loginGiven) {
    reader.problem('CYBERARK_USERNAME', 'must be host/<policy path>/<aws account>/<role name> for authn-iam');
  }
  if (given.iamSts === 'regional' && given.awsRegion === undefined) {
    reader.problem('AWS_REGION', 'is missing, which authn-iam signs for (or set CYBERARK_AUTHN_IAM_STS to global)');
  }
}
