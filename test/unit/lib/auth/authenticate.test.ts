import { expect, it } from 'vitest';
import { createAuthentication } from '../../../../lib/auth/authenticate.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { FakeClock } from '../fake-clock.ts';

const hang = (): Promise<never> => new Promise(() => undefined);

it.each(['prepare', 'readToken'] as const)(
  '%s that hangs ends by the deadline of the login, and nothing is sent',
  async (step) => {
    let sent = 0;
    const send = async () => {
      sent += 1;
      return hang();
    };
    const authenticator = {
      kind: 'jwt',
      advice: '',
      prepare: hang,
      ...(step === 'readToken' ? { readToken: hang } : {}),
    } as const;
    const { authenticate } = createAuthentication(authenticator, send, String);
    await expect(authenticate(new Deadline(new FakeClock(), 5))).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(sent).toBe(0);
  },
);
