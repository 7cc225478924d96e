import { describe, expect, it } from 'vitest';
import {
  type Bill,
  countRareMetrics,
  estimateExtension,
  estimateStack,
  type Stack,
} from '../../../../infra/cost/estimate.ts';
import { measureAccessLine, measureLogLines } from '../../../../infra/cost/log-lines.ts';
import { readPriceTable } from '../../../../infra/cost/prices.ts';
import { countStack } from '../../../../infra/cost/stack-facts.ts';
import type { Template } from '../../../../infra/deploy/template.ts';

const table = readPriceTable();
const line = { bytes: 1_000, metrics: ['ConjurTime'] };
const stack: Stack = {
  facts: {
    ...{ secrets: 3, kmsKeys: 1, alarms: 2, alarmMetrics: 5, dashboards: 1, ownMetrics: 9 },
    ...{ architecture: 'arm64', readFunctionName: 'x-read-secret', logRetentionDays: 365, accessLogFormat: '' },
    ...{ heartbeats: 8_760, keyAgeLooks: 73, keyAges: 2 },
  },
  lines: { direct: line, http: { ...line, bytes: 1_200 }, heartbeat: { bytes: 1_000, metrics: ['ConjurTime', 'Up'] } },
  accessLineBytes: 400,
};
const use = { reads: 1_000_000, memoryMb: 512, p50Ms: 20, coldPercent: 1, initMs: 200 };

const usdOf = ({ items }: Bill, item: string): number | undefined =>
  items.find((candidate) => candidate.item === item)?.usd;

describe('the bill of a stack', () => {
  const bill = estimateStack(stack, use, table);

  it.each([
    ['credentials in Secrets Manager', 1.2],
    ['metrics that alarms watch', 0.5],
    // Two all month, and those of the daily look for a tenth of it.
    ['custom metrics', 2.1 * 0.3],
    ['Lambda, requests', 0.2],
    // 20 ms of half a gigabyte a million times, and 200 ms for each hundredth.
    ['Lambda, duration', (10_000 + 1_000) * 0.0000133334],
    ['HTTP API', 1],
    ['log lines', 1.6 * 0.5],
    ['log lines, kept', 1.6 * 12 * 0.03],
    ['Secrets Manager, calls', 0.05],
    ['KMS, requests', 0.03],
  ])('has %s at %f', (item, usd) => {
    expect(usdOf(bill, item)).toBeCloseTo(usd, 2);
  });

  it('adds up', () => {
    expect(bill.fixedUsd + bill.useUsd).toBeCloseTo(bill.usd, 9);
    expect(bill.usd).toBeCloseTo(
      bill.items.reduce((total, { usd }) => total + usd, 0),
      9,
    );
  });

  it('has neither API nor access log for direct calls', () => {
    const direct = estimateStack({ ...stack, accessLineBytes: undefined }, use, table);
    expect(usdOf(direct, 'HTTP API')).toBeUndefined();
    expect(usdOf(direct, 'log lines')).toBeCloseTo(0.5, 9);
  });

  it('is by use what is by use', () => {
    const twice = estimateStack(stack, { ...use, reads: 2_000_000 }, table);
    expect(twice.fixedUsd).toBe(bill.fixedUsd);
    expect(twice.useUsd).toBeCloseTo(2 * bill.useUsd, 9);
  });

  it('says how many metrics may come on top', () => {
    expect(countRareMetrics(stack)).toBe(9 - 2 - 2);
  });
});

describe("the bill of Secrets Manager's extension", () => {
  it('has a call for each secret, container and five minutes, and never more than the reads', () => {
    const few = estimateExtension({ reads: 1_000_000, secrets: 1, containers: 1 }, table);
    expect(usdOf(few, 'Secrets Manager, calls')).toBeCloseTo((8_760 / 10_000) * 0.05, 9);
    const many = estimateExtension({ reads: 1_000_000, secrets: 100, containers: 100 }, table);
    expect(usdOf(many, 'Secrets Manager, calls')).toBeCloseTo(5, 9);
    expect(usdOf(many, 'secrets in Secrets Manager')).toBeCloseTo(40, 9);
  });
});

describe('what a call logs', () => {
  it('is measured on the line that read-secret writes', async () => {
    const short = await measureLogLines('read-secret');
    const long = await measureLogLines('conjur-functions-prod-read-secret');
    expect(short.direct.metrics).toEqual(['ConjurTime']);
    expect(short.heartbeat.metrics).toContain('ConjurReachable');
    // A caller by HTTP is named.
    expect(short.http.bytes).toBeGreaterThan(short.direct.bytes);
    expect(long.direct.bytes - short.direct.bytes).toBe('conjur-functions-prod-'.length);
    expect(process.env.AWS_LAMBDA_FUNCTION_NAME).toBeUndefined();
  });

  it('has in the access log what the format says, with a hyphen for what is not there', () => {
    expect(measureAccessLine('{"status":"$context.status","error":"$context.error.message"}')).toBe(
      '{"status":"200","error":"-"}'.length + 26,
    );
  });
});

describe('a stack', () => {
  it('is not counted in another template', () => {
    expect(() => countStack({ Resources: {} } as Template)).toThrow('read-secret');
  });
});
