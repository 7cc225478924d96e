import type { HeldBackReport } from '../../lib/http/request.ts';
import type { SimulationOptions } from './options.ts';
import type { WorkKind } from './simulated-conjur.ts';

/** What happened in each second, from the first. */
export interface Series {
  /** Calls that were made, and that ended well or not. */
  readonly calls: readonly number[];
  readonly ok: readonly number[];
  readonly failed: readonly number[];
  /** Requests that reached the servers, or were refused there. */
  readonly requests: readonly number[];
  /** Of these, authentications. */
  readonly authentications: readonly number[];
}

export interface Spread {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Authentications a second. */
export interface Pace {
  readonly mean: number;
  readonly peak: number;
  readonly peakOverMean: number;
}

export interface SimulationResult {
  readonly options: SimulationOptions;
  readonly calls: { readonly made: number; readonly ok: number; readonly failed: number } & Spread;
  readonly authentications: Pace & {
    readonly total: number;
    /** From the second in which the first token was refreshed, to the end. Absent where none was. */
    readonly sinceFirstRefresh?: Pace & { readonly fromS: number };
  };
  /** Requests at the servers ÷ calls that were made. */
  readonly load: number;
  readonly heldBack: { readonly circuit: number; readonly retryBudget: number };
  readonly outage?: OutageResult | undefined;
  readonly series: Series;
}

export interface OutageResult {
  /** Requests at the servers ÷ calls that were made: before the outage (without the burst), during it, and in its worst second. */
  readonly loadBefore: number;
  readonly loadDuring: number;
  readonly loadWorstSecond: number;
  /** Calls that ended well, of those that were made during the outage. */
  readonly okDuring: number;
  /** Seconds from its end to the last call that failed; 0 where none did. */
  readonly recoveryS: number;
  /** Reads that failed though their container had a live token, and one of the servers that answer reads was never ill. */
  readonly avoidableFailures: number;
}

/** Counts what happens, by the second. */
export class SimulationRecord {
  readonly #options: SimulationOptions;
  readonly #goneMs: () => number;
  readonly #series: { readonly [Name in keyof Series]: number[] };
  readonly #tookMs: number[] = [];
  readonly #heldBack = { circuit: 0, retryBudget: 0 };
  #firstRefreshS: number | undefined;
  #okOfOutage = 0;
  #lastFailureMs = 0;
  #avoidableFailures = 0;

  /** @param goneMs since the beginning */
  constructor(options: SimulationOptions, goneMs: () => number) {
    this.#options = options;
    this.#goneMs = goneMs;
    const zeros = (): number[] => new Array<number>(options.durationS).fill(0);
    this.#series = { calls: zeros(), ok: zeros(), failed: zeros(), requests: zeros(), authentications: zeros() };
  }

  readonly request = (kind: WorkKind): void => {
    this.#count('requests');
    if (kind === 'authenticate') this.#count('authentications');
  };

  readonly refresh = (): void => {
    this.#firstRefreshS ??= this.#second();
  };

  readonly heldBack = ({ by }: HeldBackReport): void => {
    this.#heldBack[by === 'circuit' ? 'circuit' : 'retryBudget'] += 1;
  };

  /**
   * A call begins.
   * @returns what is to be told of its end: whether it ended well, and whether it could have, for the time that it took
   */
  begin(): (isOk: boolean, couldBeAnswered: (tookMs: number) => boolean) => void {
    const beganMs = this.#goneMs();
    this.#count('calls');
    return (isOk, couldBeAnswered) => {
      const endedMs = this.#goneMs();
      this.#tookMs.push(endedMs - beganMs);
      this.#count(isOk ? 'ok' : 'failed');
      if (isOk && this.#isInOutage(beganMs)) this.#okOfOutage += 1;
      if (isOk) return;
      this.#lastFailureMs = endedMs;
      if (couldBeAnswered(endedMs - beganMs)) this.#avoidableFailures += 1;
    };
  }

  toResult(): SimulationResult {
    const { calls, ok, failed, requests, authentications } = this.#series;
    const from = this.#firstRefreshS;
    return {
      options: this.#options,
      calls: { made: sum(calls), ok: sum(ok), failed: sum(failed), ...toSpread(this.#tookMs) },
      authentications: {
        total: sum(authentications),
        ...toPace(authentications),
        ...(from === undefined ? {} : { sinceFirstRefresh: { fromS: from, ...toPace(authentications.slice(from)) } }),
      },
      load: sum(requests) / sum(calls),
      heldBack: this.#heldBack,
      outage: this.#toOutage(),
      series: this.#series,
    };
  }

  #toOutage(): OutageResult | undefined {
    const { outage, burstS } = this.#options;
    if (outage === undefined) return undefined;
    const { calls, requests } = this.#series;
    const [from, to] = [outage.fromS, outage.fromS + outage.forS];
    const loadOf = (first: number, end: number): number =>
      sum(requests.slice(first, end)) / Math.max(1, sum(calls.slice(first, end)));
    const seconds = Array.from({ length: outage.forS }, (_, index) => loadOf(from + index, from + index + 1));
    return {
      loadBefore: loadOf(Math.min(burstS, from), from),
      loadDuring: loadOf(from, to),
      loadWorstSecond: Math.max(...seconds),
      okDuring: this.#okOfOutage / Math.max(1, sum(calls.slice(from, to))),
      recoveryS: Math.max(0, this.#lastFailureMs / 1000 - to),
      avoidableFailures: this.#avoidableFailures,
    };
  }

  #isInOutage(atMs: number): boolean {
    const { outage } = this.#options;
    return outage !== undefined && atMs >= outage.fromS * 1000 && atMs < (outage.fromS + outage.forS) * 1000;
  }

  #second(): number {
    return Math.min(this.#options.durationS - 1, Math.floor(this.#goneMs() / 1000));
  }

  #count(name: keyof Series): void {
    const row = this.#series[name];
    const second = this.#second();
    row[second] = (row[second] ?? 0) + 1;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function toPace(perSecond: readonly number[]): Pace {
  const mean = sum(perSecond) / Math.max(1, perSecond.length);
  const peak = Math.max(0, ...perSecond);
  return { mean, peak, peakOverMean: mean === 0 ? 0 : peak / mean };
}

function toSpread(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  const at = (part: number): number => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
