import type { KnownOutcome } from './compare-outcomes.ts';

/** Of the vendor's suite for its Go client: every test that does not pass here. */
export const KNOWN_OUTCOMES: readonly KnownOutcome[] = [
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
