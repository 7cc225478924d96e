import { describe, expect, it } from 'vitest';
import { createFaults } from '../../../faults/fault-proxy/create-faults.ts';
import { createAnswerTruncated } from '../../../faults/fault-proxy/faults/answer-truncated.ts';
import { createConnectionRefused } from '../../../faults/fault-proxy/faults/connection-refused.ts';
import { createHugeAnswer } from '../../../faults/fault-proxy/faults/huge-answer.ts';
import { createIdleSocketClosed } from '../../../faults/fault-proxy/faults/idle-socket-closed.ts';
import { createIdleSocketDead } from '../../../faults/fault-proxy/faults/idle-socket-dead.ts';
import { createResetAfterRequest } from '../../../faults/fault-proxy/faults/reset-after-request.ts';
import { createResetBeforeRequest } from '../../../faults/fault-proxy/faults/reset-before-request.ts';
import { createResetInRequest } from '../../../faults/fault-proxy/faults/reset-in-request.ts';
import { createSlowFirstByte } from '../../../faults/fault-proxy/faults/slow-first-byte.ts';
import { createStatusAnswer } from '../../../faults/fault-proxy/faults/status-answer.ts';
import { createTlsOfAnotherHost } from '../../../faults/fault-proxy/faults/tls-of-another-host.ts';
import { createTokenAbsurdExpiry } from '../../../faults/fault-proxy/faults/token-absurd-expiry.ts';
import { createTokenExpired } from '../../../faults/fault-proxy/faults/token-expired.ts';
import { createTokenInvalidJson } from '../../../faults/fault-proxy/faults/token-invalid-json.ts';
import { createTricklingAnswer } from '../../../faults/fault-proxy/faults/trickling-answer.ts';
import { createWrongContentType } from '../../../faults/fault-proxy/faults/wrong-content-type.ts';
import { createCertificateAuthority } from '../../../support/certificates.ts';
import { startProxy } from './start-proxy.ts';
import { TOKEN } from './start-target.ts';

const RESET = { code: 'ECONNRESET' };

function toClaims(token: string): unknown {
  return JSON.parse(Buffer.from((JSON.parse(token) as { payload: string }).payload, 'base64').toString());
}

describe('connection faults', () => {
  it('refuses connections until the fault is taken away, on the same port', async () => {
    const { proxy, send } = await startProxy();
    await send('GET', '/warm');
    await proxy.setFault(createConnectionRefused());
    // The connection that is open may answer with its reset first.
    await expect.poll(() => send('GET', '/1').catch(({ code }) => code), { timeout: 10_000 }).toBe('ECONNREFUSED');
    await expect(send('GET', '/2')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.setFault(undefined);
    expect((await send('GET', '/3')).status).toBe(200);
  });

  it('refuses connections for a while, and then listens by itself', async () => {
    const { send } = await startProxy({ fault: createConnectionRefused({ forMs: 50 }) });
    await expect(send('GET', '/1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect
      .poll(
        () =>
          send('GET', '/2').then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 10_000 },
      )
      .toBe(200);
  });

  it('resets before the request: the server behind sees nothing', async () => {
    const { proxy, seen, broken, send } = await startProxy();
    await proxy.setFault(createResetBeforeRequest(), { times: 1 });
    await expect(send('POST', '/1', { body: 'hello' })).rejects.toMatchObject(RESET);
    expect([seen, broken]).toEqual([[], []]);
    expect((await send('POST', '/2', { body: 'hello' })).status).toBe(200);
  });

  it('resets in the middle of the request: the server behind sees half of it', async () => {
    const { proxy, seen, broken, send } = await startProxy();
    await proxy.setFault(createResetInRequest(), { times: 2 });
    await expect(send('POST', '/1', { body: 'hello' })).rejects.toMatchObject(RESET);
    await expect.poll(() => broken, { timeout: 10_000 }).toEqual(['POST /1']);
    await expect(send('GET', '/2')).rejects.toMatchObject(RESET);
    expect(seen).toEqual([]);
    expect((await send('GET', '/3')).status).toBe(200);
  });

  it('resets after the request took effect', async () => {
    const { proxy, seen, send } = await startProxy();
    await proxy.setFault(createResetAfterRequest(), { times: 1 });
    await expect(send('POST', '/1', { body: 'hello' })).rejects.toMatchObject(RESET);
    expect(seen).toEqual(['POST /1 hello']);
  });

  it('resets the connection under TLS too', async () => {
    const authority = await createCertificateAuthority('authority');
    const tls = await authority.issueServer({ hosts: ['127.0.0.1'] });
    const { proxy, seen, send } = await startProxy({ tls }, { connect: { ca: authority.cert } });
    await proxy.setFault(createResetAfterRequest(), { times: 1 });
    await expect(send('POST', '/1', { body: 'hello' })).rejects.toMatchObject(RESET);
    expect(seen).toEqual(['POST /1 hello']);
    expect((await send('GET', '/2')).status).toBe(200);
  });

  it('closes idle connections, so that the client opens a new one', async () => {
    const { proxy, send } = await startProxy();
    await send('GET', '/1');
    await proxy.setFault(createIdleSocketClosed());
    await expect.poll(() => proxy.connections.open, { timeout: 10_000 }).toBe(0);
    expect((await send('GET', '/2')).status).toBe(200);
    expect(proxy.connections.accepted).toBe(2);
  });

  it('lets idle connections look open until the next request on one is reset', async () => {
    const { proxy, seen, send } = await startProxy();
    await send('GET', '/1');
    await proxy.setFault(createIdleSocketDead());
    expect(proxy.connections.open).toBe(1);
    await expect(send('GET', '/2')).rejects.toMatchObject(RESET);
    expect((await send('GET', '/3')).status).toBe(200);
    expect(seen).toEqual(['GET /1', 'GET /3']);
    expect(proxy.requests).toEqual({ seen: 3, faulted: 1 });
    await proxy.setFault(createIdleSocketDead());
    await proxy.setFault(undefined);
    expect((await send('GET', '/4')).status).toBe(200);
    expect(proxy.connections).toEqual({ accepted: 2, open: 1 });
  });

  it('answers with the certificate of another host', async () => {
    const authority = await createCertificateAuthority('authority');
    const [tls, other] = await Promise.all([
      authority.issueServer({ hosts: ['127.0.0.1'] }),
      authority.issueServer({ hosts: ['other.example'] }),
    ]);
    const { proxy, seen, send } = await startProxy({ tls }, { connect: { ca: authority.cert } });
    await send('GET', '/1');
    await proxy.setFault(createTlsOfAnotherHost(other));
    await expect.poll(() => proxy.connections.open, { timeout: 10_000 }).toBe(0);
    await expect(send('GET', '/2')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    await proxy.setFault(undefined);
    expect((await send('GET', '/3')).status).toBe(200);
    expect(seen).toEqual(['GET /1', 'GET /3']);
  });
});

describe('faults of the answer', () => {
  it('truncates the body, or the head where there is no body, after the request took effect', async () => {
    const { proxy, seen, send } = await startProxy();
    await proxy.setFault(createAnswerTruncated(), { times: 2 });
    await expect(send('GET', '/1')).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    await expect(send('POST', '/empty')).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    expect(seen).toEqual(['GET /1', 'POST /empty']);
    expect((await send('GET', '/2')).status).toBe(200);
  });

  it('begins late, so that a client with less patience gives up, and one with more gets the answer', async () => {
    const { proxy, seen, send } = await startProxy({ fault: createSlowFirstByte({ delayMs: 60_000 }) });
    const patience = new AbortController();
    const sent = send('GET', '/1', { signal: patience.signal });
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual(['GET /1']);
    patience.abort();
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
    await proxy.setFault(createSlowFirstByte({ delayMs: 20 }));
    expect(await send('GET', '/2')).toMatchObject({ body: 'answer to GET /2' });
  });

  it('trickles byte by byte, the answer being right in the end for a client with the patience', async () => {
    const { proxy, seen, send } = await startProxy({ fault: createTricklingAnswer({ intervalMs: 2 }) });
    expect(await send('GET', '/1')).toMatchObject({ body: 'answer to GET /1' });
    expect(await send('POST', '/empty')).toMatchObject({ status: 201 });
    await proxy.setFault(createTricklingAnswer({ intervalMs: 60_000 }));
    const patience = new AbortController();
    const sent = send('GET', '/2', { signal: patience.signal });
    await expect.poll(() => seen, { timeout: 10_000 }).toContain('GET /2');
    patience.abort();
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
  });

  it.each([
    [429, undefined],
    [500, undefined],
    [502, 7],
    [503, 'Wed, 21 Oct 2026 07:28:00 GMT'],
  ])('answers %i with Retry-After %s in the place of the server', async (status, retryAfter) => {
    const fault = createStatusAnswer({ status, ...(retryAfter === undefined ? {} : { retryAfter }) });
    const { seen, send } = await startProxy({ fault });
    const answer = await send('GET', '/1');
    expect(answer.status).toBe(status);
    expect(answer.headers['retry-after']).toBe(retryAfter === undefined ? undefined : String(retryAfter));
    expect(seen).toEqual([]);
  });

  it('answers with a status after the request took effect, where asked', async () => {
    const { seen, send } = await startProxy({ fault: createStatusAnswer({ status: 502, afterEffect: true }) });
    expect((await send('POST', '/1', { body: 'x' })).status).toBe(502);
    expect(seen).toEqual(['POST /1 x']);
  });

  it('changes the content type alone', async () => {
    const { send } = await startProxy({ fault: createWrongContentType() });
    const answer = await send('GET', '/1');
    expect(answer).toMatchObject({ status: 200, body: 'answer to GET /1' });
    expect(answer.headers).toMatchObject({ 'content-type': 'text/html', 'x-target': 'yes' });
  });

  it('answers ten megabytes', async () => {
    const { send } = await startProxy({ fault: createHugeAnswer() });
    expect((await send('GET', '/1')).body).toHaveLength(10 * 1024 * 1024);
  });
});

describe('faults of the access token', () => {
  const base64 = { headers: { 'accept-encoding': 'base64' } };

  it('cuts the token off, in plain and in base64, and leaves other answers alone', async () => {
    const { send } = await startProxy({ fault: createTokenInvalidJson() });
    expect((await send('POST', '/token')).body).toBe(TOKEN.slice(0, -2));
    const encoded = await send('POST', '/token', base64);
    expect(Buffer.from(encoded.body, 'base64').toString()).toBe(TOKEN.slice(0, -2));
    expect(encoded.headers['content-encoding']).toBe('base64');
    expect((await send('GET', '/other')).body).toBe('answer to GET /other');
  });

  it('moves both times of the token back', async () => {
    const { send } = await startProxy({ fault: createTokenExpired({ bySeconds: 1000 }) });
    const { body } = await send('POST', '/token');
    expect(toClaims(body)).toEqual({ sub: 'admin', iat: 1767224600, exp: 1767225080 });
    expect(JSON.parse(body)).toMatchObject({ signature: 'c2lnbmF0dXJl' });
  });

  it('gives the token an expiry that cannot be meant', async () => {
    const { proxy, send } = await startProxy({ fault: createTokenAbsurdExpiry() });
    const encoded = Buffer.from((await send('POST', '/token', base64)).body, 'base64').toString();
    expect(toClaims(encoded)).toEqual({ sub: 'admin', iat: 1767225600, exp: 9_999_999_999_999 });
    await proxy.setFault(createTokenAbsurdExpiry({ exp: 'never' }));
    expect(toClaims((await send('POST', '/token')).body)).toMatchObject({ exp: 'never' });
  });
});

describe('the list of faults', () => {
  it('has every fault by its name, each of which can be set and taken away', async () => {
    const authority = await createCertificateAuthority('authority');
    const faults = createFaults({ otherHost: await authority.issueServer({ hosts: ['other.example'] }), delayMs: 1 });
    expect([...faults.keys()]).toEqual([
      'connection-refused',
      'reset-before-request',
      'reset-in-request',
      'reset-after-request',
      'answer-truncated',
      'slow-first-byte',
      'trickling-answer',
      'idle-socket-closed',
      'idle-socket-dead',
      ...[429, 500, 502, 503].flatMap((status) => [`status-${status}`, `status-${status}-retry-after`]),
      'status-502-after-effect',
      'wrong-content-type',
      'huge-answer',
      'token-invalid-json',
      'token-expired',
      'token-absurd-expiry',
      'tls-of-another-host',
    ]);
    const { proxy, send } = await startProxy();
    for (const fault of faults.values()) await proxy.setFault(fault);
    await proxy.setFault(undefined);
    expect((await send('GET', '/1')).status).toBe(200);
  });
});
