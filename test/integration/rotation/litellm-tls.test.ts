import { createServer } from 'node:https';
import { expect, it, onTestFinished } from 'vitest';
import { createRotationDeps } from '../../../functions/rotate-key/create-deps.ts';
import type { Container } from '../../../functions/runtime/container.ts';
import { Deadline, systemClock } from '../../../lib/clock.ts';
import { silentLogger } from '../../../lib/logger.ts';
import { Secret } from '../../../lib/secret.ts';
import { createSelfSigned } from '../../support/certificates.ts';
import { settingsFor } from '../../support/settings.ts';

it("a LiteLLM whose certificate nobody has signed is not spoken to, whatever Conjur's TLS settings are", async () => {
  let asked = 0;
  const server = createServer(await createSelfSigned(['localhost']), (_, response) => {
    asked += 1;
    response.end('{"key":"x","info":{}}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const settings = settingsFor(
    { url: 'http://127.0.0.1:1', adminApiKey: 'key' },
    {
      CYBERARK_SSL_VERIFY: 'false',
      CYBERARK_MAX_ATTEMPTS: '1',
      LITELLM_API_BASE: `https://localhost:${port}`,
      LITELLM_MASTER_KEY: 'sk-master',
    },
  );
  const container = { settings, clock: systemClock, logger: silentLogger } as unknown as Container;
  const deadline = new Deadline(systemClock, 20_000);
  const litellm = await createRotationDeps(container).loadLitellm(deadline);
  await expect(litellm.isCurrent(Secret.of('sk-1'), deadline)).rejects.toMatchObject({
    code: 'upstream_unavailable',
    message: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  });
  expect(asked).toBe(0);
});
