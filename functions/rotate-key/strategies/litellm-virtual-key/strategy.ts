import * as v from 'valibot';
import { parseVariableName } from '../../../../lib/names.ts';
import { commonFields, type RotationStrategy } from '../strategy.ts';
import { rotateVirtualKey } from './rotate-virtual-key.ts';

const DEFAULT_GRACE_PERIOD = '24h';

const duration = v.pipe(
  v.string(),
  v.check(isLitellmDuration, 'a duration such as 24h: a number and s, m, h, d, w or mo'),
  v.title('duration'),
);

const schema = v.strictObject({
  ...commonFields,
  strategy: v.literal('litellm-virtual-key'),
  /**
   * How long the old key still works, for those who hold it: a number and `s`, `m`, `h`, `d`, `w` or `mo`. Default `24h`; `0s` revokes
   * it at once.
   */
  grace_period: v.optional(duration),
  /** A new life of the key from now on. Default: it expires when it did before. */
  duration: v.optional(duration),
});

/** A LiteLLM virtual key, whose plaintext stands in the variable `name`. */
export const litellmVirtualKey: RotationStrategy<typeof schema> = {
  name: 'litellm-virtual-key',
  schema,
  variablesOf: ({ name }) => [name],
  async rotate(ports, input, deadline, runStep) {
    const gracePeriod = input.grace_period ?? DEFAULT_GRACE_PERIOD;
    const litellm = await ports.loadLitellm(deadline);
    return rotateVirtualKey(
      { conjur: ports.conjur, litellm, randomInt: ports.randomInt, runStep, deadline },
      {
        name: parseVariableName(input.name),
        gracePeriod: isNoTime(gracePeriod) ? undefined : gracePeriod,
        duration: input.duration,
      },
    );
  },
};

/**
 * A duration as LiteLLM reads it: a number and one of `s`, `m`, `h`, `d`, `w`, `mo`. What LiteLLM cannot read it silently takes for
 * "revoke the old key at once", so it is checked before it is sent.
 * https://docs.litellm.ai/docs/proxy/virtual_keys
 */
export function isLitellmDuration(text: string): boolean {
  return /^(?:0|[1-9]\d{0,5})(?:s|m|h|d|w|mo)$/.test(text);
}

/** `0s`, `0h` and the like: no time at all. */
export function isNoTime(duration: string): boolean {
  return /^0\D/.test(duration);
}
