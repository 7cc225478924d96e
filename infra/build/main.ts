import { showProgress } from '../cli/progress.ts';
import { runCommand } from '../cli/run-command.ts';

await runCommand({
  start: 'npm run build',
  summary: 'Bundles the three functions into dist/, ready to be zipped.',
  flags: {},
  run: async () => {
    const { buildFunctions, describeBundles } = await import('./build.ts');
    await showProgress('building the functions', buildFunctions());
    for (const line of describeBundles()) console.log(line);
  },
});
