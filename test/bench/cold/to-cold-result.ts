import { FUNCTION_NAMES } from '../../../infra/build/function-names.ts';
import { type Ratio, toRatio } from '../report/ratio.ts';
import type { Figure, Result } from '../report/result.ts';
import { percentile, summarize } from '../report/statistics.ts';
import type { ColdStarts } from './measure-cold-starts.ts';
import { BASELINE, EMPTY, HAND_WRITTEN } from './subjects.ts';
import type { ColdStart } from './time-cold-start.ts';

/** With the login that a start ends with, or the loading alone, where the settings are refused. */
export type Variant = 'with login' | 'loading alone';

/** Share of another bundle's time that a function may take, where a limit is set. */
const LIMITS: Readonly<Record<string, Readonly<Partial<Record<Variant, number>>>>> = {
  [`read-secret ÷ ${BASELINE}`]: { 'with login': 0.18, 'loading alone': 0.1 },
  [`rotate-key ÷ ${BASELINE}`]: { 'with login': 0.5 },
  [`read-secret ÷ ${HAND_WRITTEN}`]: { 'with login': 1.3 },
};

/**
 * Takes the median of the empty handler off every time, and divides by what is then the median of the plain bundle, and of the
 * hand-written handler.
 */
export function toColdResult(variant: Variant, starts: ColdStarts): Result {
  const wall = lessEmpty(starts, ({ wallMs }) => wallMs);
  const processor = lessEmpty(starts, ({ processorMs }) => processorMs);
  const emptyMs = (starts.get(EMPTY) ?? []).map(({ wallMs }) => wallMs);
  return {
    title: `cold start, ${variant}`,
    ratios: [
      ...toRatios(wall, BASELINE, { what: 'cold start', variant, limits: LIMITS }),
      ...toRatios(wall, HAND_WRITTEN, { what: 'cold start', variant, limits: LIMITS }).filter(isOfFunction),
      ...toRatios(processor, BASELINE, { what: 'processor time', variant, limits: {} }),
      ...toRatios(processor, HAND_WRITTEN, { what: 'processor time', variant, limits: {} }).filter(isOfFunction),
    ],
    figures: [
      { figure: `an empty handler, ${variant} (taken off)`, unit: 'ms', measured: summarize(emptyMs) },
      ...toFigures(wall, (name) => `cold start of ${name}, ${variant}`),
      ...toFigures(processor, (name) => `processor time of ${name}, ${variant}`),
    ],
  };
}

/** Empty where the machine does not tell. */
function lessEmpty(
  starts: ColdStarts,
  pick: (start: ColdStart) => number | undefined,
): ReadonlyMap<string, readonly number[]> {
  const picked = [...starts].map(([name, all]) => [name, all.flatMap((start) => pick(start) ?? [])] as const);
  const empty = picked.find(([name]) => name === EMPTY)?.[1] ?? [];
  if (empty.length === 0) return new Map();
  const emptyMs = percentile(empty, 0.5);
  return new Map(picked.filter(([name]) => name !== EMPTY).map(([name, all]) => [name, all.map((ms) => ms - emptyMs)]));
}

function toRatios(
  times: ReadonlyMap<string, readonly number[]>,
  against: string,
  { what, variant, limits }: { readonly what: string; readonly variant: Variant; readonly limits: typeof LIMITS },
): Ratio[] {
  const other = times.get(against);
  if (other === undefined) return [];
  const otherMs = percentile(other, 0.5);
  return [...times]
    .filter(([name]) => name !== against)
    .map(([name, own]) =>
      toRatio(
        `${what} of ${name} ÷ ${against}, ${variant}`,
        own.map((ms) => ms / otherMs),
        limits[`${name} ÷ ${against}`]?.[variant],
      ),
    );
}

function isOfFunction({ figure }: Ratio): boolean {
  return FUNCTION_NAMES.some((name) => figure.includes(` of ${name} ÷ `));
}

function toFigures(times: ReadonlyMap<string, readonly number[]>, describe: (name: string) => string): Figure[] {
  return [...times].map(([name, own]) => ({ figure: describe(name), unit: 'ms', measured: summarize(own) }));
}
