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
