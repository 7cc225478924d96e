import { resolveAuthenticator, resolveCredentials } from './credential.ts';
import { type ResolverContext, resolveParam, resolveSetting } from './resolver-context.ts';
import { resolveRoleNames } from './role-names.ts';

/** Where the facts stand in the template's `Metadata`. */
export const FACTS_KEY = 'ConjurFunctions';

/** What a stack is, as far as another one cannot take its place without a change elsewhere. */
export interface StackFacts {
  /** `api-key`, `iam`, `jwt` or `cert`. */
  readonly Authenticator: string;
  readonly CredentialLayout: string;
  readonly RoleNames: string;
}

/** Facts that somebody has said, by a parameter or a setting; the others are defaults. */
export type SaidFacts = { readonly [Name in keyof StackFacts]: boolean };

/**
 * The facts as outputs of the stack, for people, and as metadata of the template, with which of them were said: `npm run deploy` asks for
 * what nobody has said, and looks in the deployed template for what would change.
 */
export async function resolveStackFacts(context: ResolverContext): Promise<Record<string, unknown>> {
  const { layout } = await resolveCredentials(context);
  const authenticator = await resolveAuthenticator(context);
  const facts: StackFacts = {
    Authenticator: authenticator,
    CredentialLayout: layout,
    RoleNames: await resolveRoleNames(context),
  };
  const said: SaidFacts = {
    Authenticator:
      authenticator !== 'api-key' || (await isSecretNamed(context)) || (await isSet(context, 'CYBERARK_AUTHN')),
    CredentialLayout:
      (await isSecretNamed(context)) || (await resolveParam(context, 'credential_layout')) !== undefined,
    RoleNames: (await resolveParam(context, 'role_names')) !== undefined,
  };
  return {
    Metadata: { [FACTS_KEY]: { facts, said } },
    Outputs: Object.fromEntries(
      Object.entries(facts).map(([name, Value]) => [
        name,
        { Description: DESCRIPTIONS[name as keyof StackFacts], Value },
      ]),
    ),
  };
}

const DESCRIPTIONS: Readonly<Record<keyof StackFacts, string>> = {
  Authenticator: 'How the functions log in to Conjur',
  CredentialLayout: 'Whether each function has a credential of its own',
  RoleNames: 'Whether the region stands in the names of the roles',
};

async function isSet(context: ResolverContext, setting: string): Promise<boolean> {
  return (await resolveSetting(context, setting)) !== undefined;
}

/** One that was there before: whoever names it has made up his mind. */
async function isSecretNamed(context: ResolverContext): Promise<boolean> {
  const { secrets } = await resolveCredentials(context);
  return secrets.some(({ kind }) => kind === 'elsewhere');
}
