import { runCommand } from '../cli/run-command.ts';

await runCommand({
  start: 'npm run prepack',
  summary: 'Compiles lib/ to dist/lib, which is what the published package holds. npm runs it before it packs.',
  flags: {},
  run: async () => (await import('./build-lib.ts')).buildLib(),
});
