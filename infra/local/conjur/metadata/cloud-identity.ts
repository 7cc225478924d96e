/** Who the stand-in metadata services say that a program runs as. Everything has a made-up default. */
export interface CloudIdentity {
  readonly azure?: {
    readonly tenantId?: string;
    readonly subscriptionId?: string;
    readonly resourceGroup?: string;
    /** Of the machine: its system-assigned identity. */
    readonly objectId?: string;
    readonly virtualMachine?: string;
    /** User-assigned identities by client id: a request with `client_id` gets the token of one of them. */
    readonly userAssigned?: Readonly<Record<string, string>>;
  };
  readonly gcp?: {
    readonly projectId?: string;
    readonly instanceName?: string;
    readonly serviceAccountId?: string;
    readonly serviceAccountEmail?: string;
  };
}

export const DEFAULT_AZURE = {
  tenantId: '00000000-0000-4000-8000-00000000000a',
  subscriptionId: '00000000-0000-4000-8000-00000000000b',
  resourceGroup: 'local-group',
  objectId: '00000000-0000-4000-8000-00000000000c',
  virtualMachine: 'local-machine',
  userAssigned: { '00000000-0000-4000-8000-00000000000d': 'local-identity' } as Readonly<Record<string, string>>,
};

export const DEFAULT_GCP = {
  projectId: 'local-project',
  instanceName: 'local-instance',
  serviceAccountId: '100000000000000000001',
  serviceAccountEmail: 'local@local-project.iam.gserviceaccount.com',
};
