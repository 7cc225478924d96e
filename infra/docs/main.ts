import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../cli/run-command.ts';

await runCommand({
  start: 'npm run docs:settings',
  summary: 'Writes the tables of docs/settings.md from lib/options.ts and functions/runtime/options.ts.',
  flags: {},
  run: async () => {
    const { withSettingsTables } = await import('./settings-tables.ts');
    const path = fileURLToPath(new URL('../../docs/settings.md', import.meta.url));
    writeFileSync(path, withSettingsTables(readFileSync(path, 'utf8')));
    console.log(`wrote ${path}`);
  },
});
