import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../cli/run-command.ts';

await runCommand({
  start: 'npm run openapi',
  summary: 'Writes docs/openapi.json from the schemas that the functions check requests with.',
  flags: {},
  run: async () => {
    const { formatOpenapi } = await import('./format-openapi.ts');
    const path = fileURLToPath(new URL('../../docs/openapi.json', import.meta.url));
    writeFileSync(path, formatOpenapi());
    console.log(`wrote ${path}`);
  },
});
