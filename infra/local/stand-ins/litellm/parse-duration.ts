const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * The end of a duration that begins now, in milliseconds since 1970. Durations are a number and a unit: `30s`, `30m`, `24h`, `7d`,
 * `2w`, `1mo` (a calendar month). Like LiteLLM, looks only at how the text begins: `30mins` is thirty minutes.
 *
 * @throws Error when the text does not begin like a duration.
 * Source: https://docs.litellm.ai/docs/proxy/virtual_keys
 */
export function parseDurationEnd(text: string, nowMs: number): number {
  const [, digits, unit = ''] = /^(\d+)(mo|[smhdw])/.exec(text) ?? [];
  if (digits === undefined) throw new Error(`Unsupported duration unit, passed duration: ${text}`);
  const seconds = UNIT_SECONDS[unit];
  if (seconds !== undefined) return nowMs + Number(digits) * seconds * 1000;
  const end = new Date(nowMs);
  end.setUTCMonth(end.getUTCMonth() + Number(digits));
  return end.getTime();
}

/**
 * Until when an old key still works. Undefined: it is dead at once, which is also what LiteLLM silently makes of a grace period
 * that it cannot read.
 */
export function toGraceEnd(gracePeriod: string | undefined, nowMs: number): number | undefined {
  if (gracePeriod === undefined) return undefined;
  try {
    const end = parseDurationEnd(gracePeriod, nowMs);
    return end > nowMs ? end : undefined;
  } catch {
    return undefined;
  }
}
