/**
 * What somebody writes who needs one secret and no library: Node's own https, a login, a read. No retries, no time limits, no checks of
 * what comes back, no log.
 */
import http from 'node:http';
import https from 'node:https';

const { CYBERARK_API_BASE = 'http://127.0.0.1:8080', CYBERARK_API_KEY } = process.env;
const account = process.env.CYBERARK_ACCOUNT ?? 'default';
const login = process.env.CYBERARK_USERNAME ?? 'admin';
// A developer's own Conjur speaks http.
const client = CYBERARK_API_BASE.startsWith('https:') ? https : http;
const agent = new client.Agent({ keepAlive: true });

function send(method: string, path: string, headers: Record<string, string>, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = client.request(`${CYBERARK_API_BASE}${path}`, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`Conjur answered ${response.statusCode}: ${text}`));
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function authenticate(): Promise<string> {
  const path = `/authn/${account}/${encodeURIComponent(login)}/authenticate`;
  return send('POST', path, { 'accept-encoding': 'base64' }, CYBERARK_API_KEY);
}

let token = CYBERARK_API_KEY === undefined ? undefined : await authenticate();

export async function handler({ name }: { name: string }): Promise<{ name: string; value: string }> {
  token ??= await authenticate();
  const path = `/secrets/${account}/variable/${encodeURIComponent(name)}`;
  return { name, value: await send('GET', path, { authorization: `Token token="${token}"` }) };
}
