import * as v from 'valibot';
import { parseVariableName } from '../../../lib/names/parse-variable-name.ts';
import { isLitellmDuration, isNoTime } from '../litellm/duration.ts';
import { rotateVirtualKey } from '../litellm/rotate-virtual-key.ts';
import { commonFields } from './common-fields.ts';
import type { RotationStrategy } from './strategy.ts';

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
