import { parseDirect } from '../../functions/rotate-key/api.ts';
import { assertRotation } from '../../functions/runtime/access.ts';
import { type CallerRule, findCallerRefusal, parseCallers } from '../../functions/runtime/callers.ts';
import { isConjurError } from '../../lib/errors.ts';
import { type ResolverContext, resolveParam, resolveSetting } from './resolver-context.ts';
import { resolveRotations } from './rotation-schedules.ts';
import type { Rotation } from './scheduled-secrets.ts';

/**
 * `CYBERARK_CALLERS` of all functions: the setting itself, or `custom.callers`. Not set: whoever may call may do everything.
 * @throws Error for rules that the functions would not take, that other accounts could evade, or that a scheduled rotation would meet
 */
export async function resolveCallers(
  context: ResolverContext,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Record<string, string>> {
  const text = (await resolveSetting(context, 'CYBERARK_CALLERS', environment)) ?? (await readBlock(context));
  if (text === undefined) return {};
  const rules = parseRules(text);
  await assertNoOtherAccounts(context);
  for (const [index, rotation] of (await resolveRotations(context)).entries())
    assertScheduled(rules, rotation, `custom.rotations[${index}]`);
  return { CYBERARK_CALLERS: text };
}

async function readBlock(context: ResolverContext): Promise<string | undefined> {
  const block = await context.resolveConfigurationProperty(['custom', 'callers']);
  if (block === null || block === undefined || (Array.isArray(block) && block.length === 0)) return undefined;
  return JSON.stringify(block);
}

function parseRules(text: string): CallerRule[] {
  try {
    return parseCallers(text);
  } catch (error) {
    throw new Error(`custom.callers ${(error as Error).message}. docs/callers.md has examples.`, { cause: error });
  }
}

/** Whoever invokes a function directly may send the event of any caller; in one's own account IAM is one's own to grant. */
async function assertNoOtherAccounts(context: ResolverContext): Promise<void> {
  for (const name of ['caller_account_ids', 'caller_org_id'])
    if ((await resolveParam(context, name)) !== undefined)
      throw new Error(
        `The parameter ${name} lets other accounts invoke functions directly, and such a call can pose as any caller of custom.callers. Use one of the two.`,
      );
}

function assertScheduled(rules: readonly CallerRule[], { input }: Rotation, where: string): void {
  const request = parseDirect(input);
  if (request.kind !== 'rotation') return;
  try {
    assertRotation(
      {
        accessMode: 'read_and_write',
        hostedKeys: undefined,
        storeVirtualKeys: false,
        prefixForStoredVirtualKeys: '',
        refuseCaller: (rights, name) => findCallerRefusal(rules, { kind: 'direct' }, rights, name),
      },
      request.rotation,
    );
  } catch (error) {
    if (!isConjurError(error, 'forbidden')) throw error;
    throw new Error(
      `${where} would be refused: a schedule calls directly, and custom.callers gives direct calls no right to it. Add an entry with direct: true, its names, and rotate: true.`,
      { cause: error },
    );
  }
}
