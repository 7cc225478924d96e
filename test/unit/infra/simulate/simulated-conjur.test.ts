import { describe, expect, it } from 'vitest';
import { SERVICE_MS, SimulatedServer, type WorkKind } from '../../../../infra/simulate/simulated-conjur.ts';
import { Timeline } from '../../../../infra/simulate/timeline.ts';

/** A server whose work takes its least time, and what it answered when. */
function start(workers: number) {
  const timeline = new Timeline(0);
  const server = new SimulatedServer({
    timeline,
    random: () => 0,
    workers,
    tokenLifeS: 480,
    onRequest: () => undefined,
  });
  const answers: string[] = [];
  const ask = (kind: WorkKind): void =>
    server.handle({
      kind,
      reply: (answer) => answers.push(`${'code' in answer ? answer.code : answer.status} at ${timeline.now()}`),
    });
  return { timeline, server, answers, ask };
}

describe('a simulated server', () => {
  it.each(Object.entries(SERVICE_MS))('takes for %s what a genuine one took: from %j ms', async (kind, [least]) => {
    const { timeline, answers, ask } = start(1);
    ask(kind as WorkKind);
    await timeline.runUntil(1_000);
    expect(answers).toEqual([expect.stringMatching(new RegExp(` at ${least}$`))]);
  });

  it('works on as many requests at once as it has workers; the others wait their turn', async () => {
    const { timeline, server, answers, ask } = start(2);
    for (let index = 0; index < 5; index += 1) ask('read');
    expect(server.waiting).toBe(3);
    await timeline.runUntil(1_000);
    expect(answers).toEqual(['200 at 12', '200 at 12', '200 at 24', '200 at 24', '200 at 36']);
  });

  it('lets one policy load in at a time', async () => {
    const { timeline, answers, ask } = start(3);
    ask('policy load');
    ask('policy load');
    await timeline.runUntil(66);
    ask('policy load');
    await timeline.runUntil(1_000);
    expect(answers).toEqual(['409 at 5', '201 at 66', '201 at 132']);
  });

  it('refuses connections when its line is full', async () => {
    const { timeline, answers, ask } = start(1);
    for (let index = 0; index < 1 + 1_024 + 1; index += 1) ask('read');
    await timeline.runUntil(1);
    expect(answers).toEqual(['ECONNREFUSED at 1']);
    await timeline.runUntil(60_000);
    expect(answers).toHaveLength(1_026);
  });

  it.each([
    ['refused', ['ECONNREFUSED at 1']],
    ['503', ['503 at 1']],
    ['hanging', []],
    ['slow', ['200 at 120']],
  ] as const)('is ill: %s', async (kind, expected) => {
    const { timeline, server, answers, ask } = start(1);
    server.trouble = { kind, share: 1 };
    ask('read');
    await timeline.runUntil(1_000);
    expect(answers).toEqual(expected);
    server.trouble = undefined;
    answers.length = 0;
    ask('read');
    await timeline.runUntil(2_000);
    expect(answers).toEqual(['200 at 1012']);
  });
});
