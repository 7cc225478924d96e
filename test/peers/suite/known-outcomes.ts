import type { KnownOutcome } from './compare-outcomes.ts';

/** Of the vendor's suite for its Go client: every test that does not pass here. */
export const KNOWN_OUTCOMES: readonly KnownOutcome[] = [
  {
    outcome: 'fail',
    reason: 'dynamic secrets, which the suite has switched on (CONJUR_FEATURE_DYNAMIC_SECRETS_ENABLED)',
    tests: [
      ...['Create_an_Issuer', 'Invalid_issuer'].map((test) => `conjurapi TestClient_CreateIssuer/${test}`),
      ..."Delete_an_Issuer_(Don't_keep_secrets) Delete_an_Issuer_(Keep_secrets) Delete_non-existent_issuer"
        .split(' ')
        .map((test) => `conjurapi TestClient_DeleteIssuer/${test}`),
      ...['Get_an_Issuer', 'Get_non-existing_Issuer'].map((test) => `conjurapi TestClient_Issuer/${test}`),
      ...['No_current_issuers', 'Single_issuer', '100_issuers'].map((test) => `conjurapi TestClient_Issuers/${test}`),
      ...'Update_issuer Empty_issuer_update Invalid_max_TTL Empty_data Invalid_data'
        .split(' ')
        .map((test) => `conjurapi TestClient_UpdateIssuer/${test}`),
    ],
  },
  {
    outcome: 'skip',
    reason: 'it runs on a machine of that cloud (TEST_AWS, TEST_AZURE, TEST_GCP)',
    tests: ['conjurapi TestAuthnIam', 'conjurapi TestAuthnAzure', 'conjurapi TestAuthnGCP'],
  },
  {
    outcome: 'skip',
    reason: 'it asks a Conjur Enterprise appliance (TEST_CERT)',
    tests: ['conjurapi TestAuthnCert'],
  },
  {
    outcome: 'skip',
    reason: 'it asks a tenant of Secrets Manager SaaS',
    tests: [
      'conjurapi TestClient_OidcTokenAuthenticate',
      'conjurapi TestClient_CreateIssuerV2Issue',
      'conjurapi TestClient_CreateIssuerV2Sign',
      'conjurapi TestClientV2_BatchRetrieveSecrets',
      'conjurapi TestClientV2_WorkloadLifecycle',
    ],
  },
];
