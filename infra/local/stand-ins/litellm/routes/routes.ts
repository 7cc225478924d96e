import { deleteKeys } from './delete-keys.ts';
import { generateKey } from './generate-key.ts';
import { getKeyInfo } from './get-key-info.ts';
import { listKeys } from './list-keys.ts';
import { regenerateKey } from './regenerate-key.ts';
import type { Route } from './route-context.ts';
import { updateKey } from './update-key.ts';

export interface RouteEntry {
  /** Method and path, as the request hook sees them. */
  readonly name: string;
  readonly route: Route;
  /** True when a virtual key may call it; what it may do is then the route's to say. */
  readonly openToVirtualKeys: boolean;
}

const entry = (name: string, route: Route, openToVirtualKeys = false): RouteEntry => ({
  name,
  route,
  openToVirtualKeys,
});

/** The calls that need a key, by method and path. */
export const routes: ReadonlyMap<string, RouteEntry> = new Map(
  [
    entry('POST /key/generate', generateKey),
    entry('POST /key/update', updateKey),
    entry('POST /key/delete', deleteKeys),
    entry('POST /key/regenerate', regenerateKey, true),
    entry('POST /key/{key}/regenerate', regenerateKey, true),
    entry('GET /key/info', getKeyInfo, true),
    entry('GET /key/list', listKeys),
  ].map((one) => [one.name, one]),
);
