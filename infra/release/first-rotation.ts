import type { PortableTemplate } from './portable-template.ts';

type Resources = PortableTemplate['Resources'];

const CONDITION = 'HasFirstRotation';

/**
 * EventBridge Scheduler fires a `rate(…)` when it is created, and so a schedule of `custom.rotations` begins at a start date. `npm run deploy`
 * knows the time; whoever deploys the template later gives it by the parameter `FirstRotation`, and until then these schedules are disabled.
 * A template without such a schedule stays as it is.
 */
export function withFirstRotation(template: PortableTemplate): PortableTemplate {
  const dated = Object.entries(template.Resources).filter(([, { Properties }]) => Properties?.StartDate !== undefined);
  if (dated.length === 0) return template;
  return {
    ...template,
    Parameters: {
      ...template.Parameters,
      FirstRotation: {
        Type: 'String',
        Default: '',
        AllowedPattern: '^$|^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$',
        Description:
          'When the scheduled rotations begin, such as 2030-01-01T03:00:00Z, in the future; without it they are off',
      },
    },
    Conditions: {
      ...template.Conditions,
      [CONDITION]: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'FirstRotation' }, ''] }] },
    },
    Resources: { ...template.Resources, ...(Object.fromEntries(dated.map(toStarted)) as Resources) },
  };
}

function toStarted([id, resource]: [string, Resources[string]]): [string, Resources[string]] {
  const started = {
    State: { 'Fn::If': [CONDITION, resource.Properties?.State, 'DISABLED'] },
    StartDate: { 'Fn::If': [CONDITION, { Ref: 'FirstRotation' }, { Ref: 'AWS::NoValue' }] },
  };
  return [id, { ...resource, Properties: { ...resource.Properties, ...started } }];
}
