import { expect, it } from 'vitest';
import { withFirstRotation } from '../../../../infra/release/first-rotation.ts';
import type { PortableTemplate } from '../../../../infra/release/portable-template.ts';

const schedule = (properties: object) => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: { State: 'ENABLED', ...properties },
});
const template = (Resources: object) => ({ Parameters: {}, Conditions: {}, Resources }) as unknown as PortableTemplate;

it('a rotation by rate is off until a parameter says when it begins', () => {
  const given = template({ Rate: schedule({ StartDate: '1970-01-31T00:00:00Z' }), Cron: schedule({}) });
  const { Parameters, Conditions, Resources } = withFirstRotation(given);
  expect(Parameters.FirstRotation).toMatchObject({ Default: '' });
  expect(Conditions.HasFirstRotation).toBeDefined();
  expect(Resources.Rate?.Properties).toEqual({
    State: { 'Fn::If': ['HasFirstRotation', 'ENABLED', 'DISABLED'] },
    StartDate: { 'Fn::If': ['HasFirstRotation', { Ref: 'FirstRotation' }, { Ref: 'AWS::NoValue' }] },
  });
  expect(Resources.Cron).toEqual(given.Resources.Cron);
});

it('a template without such a rotation has no such parameter', () => {
  const given = template({ Cron: schedule({}) });
  expect(withFirstRotation(given)).toBe(given);
});
