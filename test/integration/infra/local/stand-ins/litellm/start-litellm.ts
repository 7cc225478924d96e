import { request } from 'undici';
import { onTestFinished } from 'vitest';
import {
  createLocalLitellm,
  type LocalLitellmOptions,
} from '../../../../../../infra/local/stand-ins/litellm/create-local-litellm.ts';

export const MASTER_KEY = 'sk-master';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export type Call = (method: string, path: string, body?: unknown, bearer?: string | null) => Promise<Answer>;

/** A stand-in, and a way to call it: as the master key unless another Bearer is given; null sends none. */
export async function startLitellm(options: Partial<LocalLitellmOptions> = {}): Promise<{ url: string; call: Call }> {
  const server = await createLocalLitellm({ masterKey: MASTER_KEY, ...options });
  onTestFinished(() => server.close());
  const call: Call = async (method, path, body, bearer = MASTER_KEY) => {
    const answer = await request(`${server.url}${path}`, {
      method,
      headers: bearer === null ? {} : { authorization: `Bearer ${bearer}` },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> };
  };
  return { url: server.url, call };
}
