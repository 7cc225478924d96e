import type { IncomingHttpHeaders } from 'node:http';
import { Agent, type Dispatcher } from 'undici';
import { onTestFinished } from 'vitest';
import {
  createFaultProxy,
  type FaultProxy,
  type FaultProxyOptions,
} from '../../../faults/fault-proxy/create-fault-proxy.ts';
import { type StartedTarget, startTarget } from './start-target.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface StartedProxy extends StartedTarget {
  readonly proxy: FaultProxy;
  /** Sends a request through the proxy; one kept-alive connection is used as long as it lives. */
  readonly send: (method: Dispatcher.HttpMethod, path: string, options?: SendOptions) => Promise<Reply>;
}

interface SendOptions {
  readonly body?: string;
  readonly headers?: Record<string, string>;
  /** The client gives up when it is aborted. */
  readonly signal?: AbortSignal;
}

/** A proxy before a target, and undici as its client. */
export async function startProxy(
  options: Omit<FaultProxyOptions, 'target'> = {},
  agentOptions: Agent.Options = {},
): Promise<StartedProxy> {
  const started = await startTarget();
  const proxy = await createFaultProxy({ ...options, target: started.target });
  const agent = new Agent({ connections: 1, ...agentOptions });
  onTestFinished(async () => {
    await agent.destroy();
    await proxy.close();
  });
  return {
    ...started,
    proxy,
    async send(method, path, { body = null, headers = {}, signal } = {}) {
      const answer = await agent.request({ origin: proxy.url, method, path, headers, body, signal: signal ?? null });
      return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
    },
  };
}
