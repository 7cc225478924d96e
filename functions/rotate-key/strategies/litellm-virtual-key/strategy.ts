import { parseVariableName } from '../../../../lib/names.ts';
import { isNoTime, litellmVirtualKeyCall } from '../../../contract/rotate-key.ts';
import { createStrategy } from '../strategy.ts';
import { rotateVirtualKey, toPendingName } from './rotate-virtual-key.ts';

const DEFAULT_GRACE_PERIOD = '24h';

/** A LiteLLM virtual key, whose plaintext stands in the variable `name`. */
export const litellmVirtualKey = createStrategy({
  name: 'litellm-virtual-key',
  schema: litellmVirtualKeyCall,
  affectedVariables: ({ name }) => [name],
  stagingVariables: ({ name }) => [toPendingName(name)],
  async rotate(deps, input, deadline, logged) {
    const gracePeriod = input.grace_period ?? DEFAULT_GRACE_PERIOD;
    const litellm = await deps.loadLitellm(deadline);
    return rotateVirtualKey(
      { conjur: deps.conjur, litellm, randomInt: deps.randomInt, logged, deadline },
      {
        name: parseVariableName(input.name),
        gracePeriod: isNoTime(gracePeriod) ? undefined : gracePeriod,
        duration: input.duration,
      },
    );
  },
});
