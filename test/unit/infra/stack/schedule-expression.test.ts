import { describe, expect, it } from 'vitest';
import { findExpressionFault, isTimeZone } from '../../../../infra/stack/schedule-expression.ts';

describe('an expression of EventBridge Scheduler', () => {
  it.each([
    'rate(1 hour)',
    'rate(5 minutes)',
    'rate(30 days)',
    'cron(0 3 1 * ? *)',
    'cron(0/15 8-18 ? * MON-FRI *)',
    'cron(0 3 L * ? *)',
    'cron(0 3 15W * ? *)',
    'cron(0 3 ? JAN,JUL 2#1 2027-2030)',
    'cron(30 3 ? * 6L *)',
    'cron(*/10 * * * ? *)',
  ])('may be %s', (expression) => {
    expect(findExpressionFault(expression, 'EventBridge Scheduler')).toBeUndefined();
  });

  it.each([
    ['monthly', 'neither rate'],
    ['rate(0 days)', 'neither rate'],
    ['rate(3 weeks)', 'neither rate'],
    ['cron(0 3 * * *)', 'neither rate'],
    ['cron(60 3 1 * ? *)', '"minutes"'],
    ['cron(0 24 1 * ? *)', '"hours"'],
    ['cron(0 3 0 * ? *)', '"day of month"'],
    ['cron(0 3 32 * ? *)', '"day of month"'],
    ['cron(0 3 1 13 ? *)', '"month"'],
    ['cron(0 3 1 FOO ? *)', '"month"'],
    ['cron(0 3 ? * 8 *)', '"day of week"'],
    ['cron(0 3 ? * 0 *)', '"day of week"'],
    ['cron(0 3 ? * MON#6 *)', '"day of week"'],
    ['cron(0 3 1 * ? 1969)', '"year"'],
    ['cron(0 18-8 1 * ? *)', '"hours"'],
    ['cron(0/0 3 1 * ? *)', '"minutes"'],
    ['cron(? 3 1 * ? *)', '"minutes"'],
    ['cron(0 3 1 * * *)', 'exactly one'],
    ['cron(0 3 ? * ? *)', 'exactly one'],
  ])('may not be %s', (expression, fault) => {
    expect(findExpressionFault(expression, 'EventBridge Scheduler')).toContain(fault);
  });
});

describe('an expression of Secrets Manager', () => {
  it.each(['rate(4 hours)', 'rate(30 days)', 'cron(0 3 1 * ? *)', 'cron(0 0/4 * * ? *)', 'cron(0 8 ? * SUN#1 *)'])(
    'may be %s',
    (expression) => {
      expect(findExpressionFault(expression, 'Secrets Manager')).toBeUndefined();
    },
  );

  it.each([
    ['rate(3 hours)', 'every 4 hours at most'],
    ['rate(240 minutes)', 'no minutes'],
    ['rate(1000 days)', 'every 999 days at least'],
    ['cron(30 3 1 * ? *)', 'must be 0'],
    ['cron(0 * 1 * ? *)', 'every 4 hours at most'],
    ['cron(0 0/3 * * ? *)', 'every 4 hours at most'],
    ['cron(0 1,2 * * ? *)', 'every 4 hours at most'],
    ['cron(0 3 1 * ? 2027)', 'must be *'],
  ])('may not be %s', (expression, fault) => {
    expect(findExpressionFault(expression, 'Secrets Manager')).toContain(fault);
  });
});

it.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Europe/Atlantis', false],
  ['+01:00', false],
  ['', false],
])('the time zone %s exists: %s', (name, exists) => {
  expect(isTimeZone(name)).toBe(exists);
});
