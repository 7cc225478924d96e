import { describe, expect, it } from 'vitest';
import { parseTrace } from '../../../../functions/runtime/log.ts';

const ROOT = 'Root=1-5759e988-bd862e3fe1be46a994272793';

describe('the trace of an invocation', () => {
  it.each([
    [`${ROOT};Parent=557abcec3ee5a047;Sampled=1`, '00-5759e988bd862e3fe1be46a994272793-557abcec3ee5a047-01'],
    [`${ROOT};Parent=557abcec3ee5a047;Sampled=0`, '00-5759e988bd862e3fe1be46a994272793-557abcec3ee5a047-00'],
    [
      `Self=1-a;${ROOT};Parent=557abcec3ee5a047;Lineage=1:a:0`,
      '00-5759e988bd862e3fe1be46a994272793-557abcec3ee5a047-00',
    ],
    [ROOT, undefined],
    [`${ROOT};Parent=557abcec3ee5a047x`, undefined],
    [`${ROOT};xParent=557abcec3ee5a047`, undefined],
    [`${ROOT};Parent=557abcec3ee5a047;Sampled=10`, '00-5759e988bd862e3fe1be46a994272793-557abcec3ee5a047-00'],
  ])('is known to the W3C too: %s', (header, traceparent) => {
    expect(parseTrace(header)).toEqual({ traceId: '1-5759e988-bd862e3fe1be46a994272793', traceparent });
  });

  it.each([
    undefined,
    '',
    'Root=1-5759e988',
    'Parent=557abcec3ee5a047;Sampled=1',
    'Root=2-5759e988-bd862e3fe1be46a994272793',
    `x${ROOT}`,
    `${ROOT}\r\nevil: 1`,
  ])('is none where the text is another: %j', (header) => {
    expect(parseTrace(header)?.traceparent).toBeUndefined();
  });

  it('is that of the present invocation, whichever was asked for before', () => {
    const other = 'Root=1-6759e988-bd862e3fe1be46a994272793';
    const ids = [ROOT, other, undefined, other, ROOT].map((header) => parseTrace(header)?.traceId);
    const [first, second] = [ROOT, other].map((header) => header.replace('Root=', ''));
    expect(ids).toEqual([first, second, undefined, second, first]);
  });
});
