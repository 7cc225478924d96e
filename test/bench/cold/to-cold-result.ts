import { type Ratio, toRatio } from '../report/ratio.ts';
import type { Figure, Result } from '../report/result.ts';
import { percentile, summarize } from '../report/statistics.ts';
import type { ColdStarts } from './measure-cold-starts.ts';
import { BASELINE, EMPTY } from './subjects.ts';
import type { ColdStart } from './time-cold-start.ts';

/** Share of the plain bundle's time that a function may take, where a limit is set. */
const LIMITS = new Map([
  ['read-secret', 0.35],
  ['rotate-key', 0.5],
]);

/**
 * Takes the median of the empty handler off every time, and divides by what is then the median of the plain bundle.
 * @param variant `with login`, or `loading alone`
 */
export function toColdResult(variant: string, starts: ColdStarts): Result {
  const wall = lessEmpty(starts, ({ wallMs }) => wallMs);
  const processor = lessEmpty(starts, ({ processorMs }) => processorMs);
  const emptyMs = (starts.get(EMPTY) ?? []).map(({ wallMs }) => wallMs);
  return {
    title: `cold start, ${variant}`,
    ratios: [
      ...toRatios(wall, (name) => `cold start of ${name} ÷ ${BASELINE}, ${variant}`, LIMITS),
      ...toRatios(processor, (name) => `processor time of ${name} ÷ ${BASELINE}, ${variant}`),
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
  describe: (name: string) => string,
  limits: ReadonlyMap<string, number> = new Map(),
): Ratio[] {
  const plain = times.get(BASELINE);
  if (plain === undefined) return [];
  const plainMs = percentile(plain, 0.5);
  return [...times]
    .filter(([name]) => name !== BASELINE)
    .map(([name, own]) =>
      toRatio(
        describe(name),
        own.map((ms) => ms / plainMs),
        limits.get(name),
      ),
    );
}

function toFigures(times: ReadonlyMap<string, readonly number[]>, describe: (name: string) => string): Figure[] {
  return [...times].map(([name, own]) => ({ figure: describe(name), unit: 'ms', measured: summarize(own) }));
}
