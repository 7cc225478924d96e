import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { withinDeadline } from '../../../../lib/auth/aws-calls.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { FakeClock } from '../fake-clock.ts';

/** A call that only its signal ends. */
async function hang({ abortSignal }: { abortSignal: AbortSignal }): Promise<never> {
  return setTimeout(60_000, undefined as never, { signal: abortSignal });
}

it('says that the time ran out where its signal ended the call, though the clock has not noticed yet', async () => {
  const ended = withinDeadline(new Deadline(new FakeClock(), 5), 'asking AWS', hang);
  await expect(ended).rejects.toMatchObject({
    code: 'deadline_exceeded',
    message: expect.stringContaining('asking AWS'),
  });
});

it('lets the answer through, and whatever else AWS says', async () => {
  const deadline = new Deadline(new FakeClock(), 10_000);
  expect(await withinDeadline(deadline, 'asking AWS', async () => 'answer')).toBe('answer');
  const exception = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  await expect(withinDeadline(deadline, 'asking AWS', () => Promise.reject(exception))).rejects.toBe(exception);
});
