import { createLocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import type { FromConjur, ToConjur } from './messages.ts';

// A process of its own, so that client and server do not take turns on one event loop.
let requests = 0;
const conjur = await createLocalConjur({
  delayMs: Number(process.argv[2]),
  onRequest: () => {
    requests += 1;
  },
});

const tell = (message: FromConjur): void => {
  process.send?.(message);
};

process.on('message', (message: ToConjur) => {
  if (message !== 'take-count') return;
  tell({ count: requests });
  requests = 0;
});
process.on('disconnect', () => process.exit(0));

tell({ ready: { url: conjur.url, account: conjur.account, adminApiKey: conjur.adminApiKey } });
