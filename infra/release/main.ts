import { runCommand } from '../cli/run-command.ts';

await runCommand({
  start: 'npm run release',
  summary:
    'Makes dist/release/: the zips, template.json, template-from-bucket.json, sbom.cdx.json and SHA256SUMS. It needs no AWS credentials.',
  flags: {},
  notes: 'docs/other-tools.md says how to deploy them. Parameters are given then, and not here.',
  run: async () => {
    const { createRelease } = await import('./create-release.ts');
    const { directory, sums, codePrefix } = await createRelease((line) => process.stderr.write(`${line}\n`));
    for (const [name, sum] of Object.entries(sums)) console.log(`${sum}  ${name}`);
    console.log(`released in ${directory}; in a bucket, the zips stand below ${codePrefix}`);
  },
});
