import type { Behaviour } from '../server-version.ts';
import type { Permissions } from '../store/permissions.ts';
import { explainFault } from './explain-fault.ts';
import { type LoadPorts, loadPolicyText, type PolicyLoad } from './load-policy.ts';
import { maskItem } from './mask-item.ts';
import {
  type PolicyFault,
  PolicyInvalidError,
  PolicyReferenceError,
  PolicyResolutionError,
  PolicySyntaxError,
  PolicyTextError,
} from './policy-error.ts';
import { type Item, type Snapshot, takeSnapshot } from './take-snapshot.ts';

/** What a policy would do. */
export type DryRunReport =
  | {
      readonly status: 'Valid YAML';
      readonly created: Items;
      readonly updated: { readonly before: Items; readonly after: Items };
      readonly deleted: Items;
      readonly warnings?: string[];
    }
  | { readonly status: 'Invalid YAML'; readonly errors: unknown[] };

interface Items {
  readonly items: unknown[];
}

/** Everything that was there at one time, and what of it the asking role sees. */
interface View {
  readonly items: Snapshot;
  readonly visible: ReadonlySet<string>;
}

/** What rehearsing needs from its surroundings. */
export interface RehearsalPorts extends LoadPorts {
  readonly permissions: Permissions;
  readonly behaviour: Pick<Behaviour, 'areDryRunItemsNested'>;
}

/** Loads a policy, looks at what it changed, and takes it back. What the role may not see is masked. */
export function rehearsePolicy(ports: RehearsalPorts, load: PolicyLoad): DryRunReport {
  const { database, permissions, behaviour } = ports;
  const look = (): View => ({
    items: takeSnapshot(database),
    visible: new Set(permissions.visibleResources(load.roleId)),
  });
  try {
    return database.rehearse(() => {
      const before = look();
      const { warnings } = loadPolicyText(ports, load);
      return {
        ...toReport(before, look(), behaviour.areDryRunItemsNested),
        ...(warnings.length === 0 ? {} : { warnings }),
      };
    });
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined) throw error;
    const message = [fault.message, explainFault(fault.message)].join('\n');
    const context = {
      policy_id: load.policyId.split(':').slice(2).join(':'),
      offending_lines: fault.line === undefined ? [] : [fault.line],
    };
    const { line = null, column = null } = fault;
    return { status: 'Invalid YAML', errors: [{ line, column, message, context }] };
  }
}

function faultOf(error: unknown): PolicyFault | undefined {
  const types = [
    ...[PolicyInvalidError, PolicySyntaxError, PolicyResolutionError],
    ...[PolicyReferenceError, PolicyTextError],
  ];
  const type = types.find((candidate) => error instanceof candidate);
  return type === undefined ? undefined : (error as PolicyInvalidError).fault;
}

function toReport(before: View, after: View, isNested: boolean): DryRunReport {
  const show = isNested ? nest : (item: Item) => item;
  const pick = ({ items, visible }: View, ids: string[]): Items => ({
    items: ids.map((id) => show(maskItem(items.get(id) ?? {}, visible))),
  });
  const known = [...before.items.keys()];
  const kept = known.filter((id) => after.items.has(id));
  const changed = kept.filter((id) => !isSame(before.items.get(id), after.items.get(id)));
  const lasting: View = {
    ...after,
    items: new Map(changed.map((id) => [id, asItWillBe(before, after, id, isNested)])),
  };
  return {
    status: 'Valid YAML',
    created: pick(
      after,
      [...after.items.keys()].filter((id) => !before.items.has(id)),
    ),
    updated: { before: pick(withoutMasks(before), changed), after: pick(lasting, changed) },
    deleted: pick(
      withoutMasks(before),
      known.filter((id) => !after.items.has(id)),
    ),
  };
}

/** A changed item as it will be: where items are nested, what was there before stands first in its lists. */
function asItWillBe(before: View, after: View, id: string, isNested: boolean): Item {
  const [old, now] = [before.items.get(id), after.items.get(id)];
  return { ...((isNested ? inOldOrder(old, now) : now) as Item), ...addressesAfter(old, now) };
}

/** Conjur 1.24 shows the networks of its database without their masks, and puts those of a load, with masks, beside them. */
function addressesAfter(old: Item | undefined, now: Item | undefined): Item {
  if (now?.restricted_to === undefined) return {};
  const [were, are] = [networksOf(old), networksOf(now)];
  return { restricted_to: [...were.map(withoutMask), ...(isSame(were, are) ? [] : are)] };
}

function withoutMasks(view: View): View {
  const items = [...view.items].map(([id, item]) => {
    const shown =
      item.restricted_to === undefined ? item : { ...item, restricted_to: networksOf(item).map(withoutMask) };
    return [id, shown] as const;
  });
  return { ...view, items: new Map(items) };
}

function networksOf(item: Item | undefined): string[] {
  return Array.isArray(item?.restricted_to) ? item.restricted_to.map(String) : [];
}

function withoutMask(network: string): string {
  return network.replace(/\/.*$/, '');
}

function inOldOrder(old: unknown, now: unknown): unknown {
  if (Array.isArray(now) && Array.isArray(old)) {
    return [...old.filter((id) => now.includes(id)), ...now.filter((id) => !old.includes(id))];
  }
  if (!isRecord(now) || !isRecord(old)) return now;
  return Object.fromEntries(Object.entries(now).map(([name, value]) => [name, inOldOrder(old[name], value)]));
}

function isRecord(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Conjur 1.24, as recorded, puts the whole item where its id belongs and leaves the other fields empty. */
function nest(item: Item): Item {
  const empty = Object.fromEntries(Object.keys(item).map((name) => [name, null]));
  return { ...empty, identifier: item };
}
