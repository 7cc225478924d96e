import { conjurApiKey } from './conjur-api-key/strategy.ts';
import { litellmVirtualKey } from './litellm-virtual-key/strategy.ts';
import { random } from './random.ts';
import type { RotationStrategy } from './strategy.ts';
import { supplied } from './supplied.ts';

/** Every strategy that a call can name. */
export const STRATEGIES: ReadonlyMap<string, RotationStrategy> = new Map(
  [random, supplied, litellmVirtualKey, conjurApiKey].map((strategy) => [strategy.name, strategy]),
);
