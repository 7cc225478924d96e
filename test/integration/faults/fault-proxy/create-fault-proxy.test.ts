import { describe, expect, it } from 'vitest';
import { createConnectionRefused } from '../../../faults/fault-proxy/faults/connection-refused.ts';
import { createStatusAnswer } from '../../../faults/fault-proxy/faults/status-answer.ts';
import { matchRequest } from '../../../faults/fault-proxy/match-request.ts';
import { createCertificateAuthority } from '../../../support/certificates.ts';
import { startProxy } from './start-proxy.ts';

const unavailable = createStatusAnswer({ status: 503 });

describe('the fault proxy', () => {
  it('forwards requests and answers as they are, over one connection', async () => {
    const { proxy, seen, send } = await startProxy();
    const answer = await send('POST', '/a?b=%2F', { body: 'hello', headers: { 'x-mine': '1' } });
    expect(answer).toMatchObject({ status: 200, body: 'answer to POST /a?b=%2F hello' });
    expect(answer.headers).toMatchObject({ 'x-target': 'yes', 'content-type': 'text/plain' });
    expect(await send('POST', '/empty')).toMatchObject({ status: 201, body: '' });
    expect(await send('GET', '/last')).toMatchObject({ body: 'answer to GET /last' });
    expect(seen).toEqual(['POST /a?b=%2F hello', 'POST /empty', 'GET /last']);
    expect(proxy.connections).toEqual({ accepted: 1, open: 1 });
    expect(proxy.requests).toEqual({ seen: 3, faulted: 0 });
  });

  it('forwards the answer to HEAD without a body', async () => {
    const { send } = await startProxy();
    const answer = await send('HEAD', '/1');
    expect([answer.status, answer.headers['x-target'], answer.body]).toEqual([200, 'yes', '']);
  });

  it('does a fault to the requests that match, as often as asked, and then forwards again', async () => {
    const { proxy, send } = await startProxy();
    await proxy.setFault(unavailable, { match: matchRequest('POST', /^\/write/), times: 2 });
    const statuses = [];
    for (const path of ['/write/1', '/write/2', '/write/3']) {
      statuses.push((await send('GET', path)).status, (await send('POST', path, { body: 'x' })).status);
    }
    expect(statuses).toEqual([200, 503, 200, 503, 200, 200]);
    expect(proxy.requests).toEqual({ seen: 6, faulted: 2 });
  });

  it('does the fault that it was started with to every request, until that is taken away', async () => {
    const { proxy, seen, send } = await startProxy({ fault: unavailable });
    expect((await send('GET', '/1')).status).toBe(503);
    expect((await send('GET', '/2')).status).toBe(503);
    await proxy.setFault(undefined);
    expect((await send('GET', '/3')).status).toBe(200);
    expect(seen).toEqual(['GET /3']);
  });

  it('speaks TLS when it has a certificate', async () => {
    const authority = await createCertificateAuthority('authority');
    const tls = await authority.issueServer({ hosts: ['127.0.0.1'] });
    const { proxy, send } = await startProxy({ tls }, { connect: { ca: authority.cert } });
    expect(proxy.url).toMatch(/^https:/);
    expect(await send('POST', '/a', { body: 'hello' })).toMatchObject({ body: 'answer to POST /a hello' });
  });

  it('undoes a fault of the port when it is closed or gets another', async () => {
    const { proxy, send } = await startProxy();
    await proxy.setFault(createConnectionRefused());
    await expect(send('GET', '/1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.setFault(unavailable);
    expect((await send('GET', '/2')).status).toBe(503);
    await proxy.setFault(createConnectionRefused());
    await proxy.close();
    // A kept-alive connection may answer with its reset first.
    await expect.poll(() => send('GET', '/3').catch(({ code }) => code), { timeout: 10_000 }).toBe('ECONNREFUSED');
  });
});
