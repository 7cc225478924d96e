import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FUNCTION_NAMES } from '../build/function-names.ts';
import { text, UsageError } from '../cli/flags.ts';
import { runCommand } from '../cli/run-command.ts';

await runCommand({
  start: 'npm run decode-stack',
  summary: 'Replaces the places of minified code in log lines and stack traces by those of the sources.',
  flags: {
    function: text('NAME', 'the function whose log it is (default: as the lines name it)'),
    maps: text('FOLDER', 'source maps of the version that was deployed (default: those of "npm run build")'),
  },
  rest: { name: 'FILE…', help: 'files with log lines (default: standard input)' },
  notes: `Example: pbpaste | npm run --silent decode-stack

Exit status: 0 frames were decoded, or there were none; 1 some could not be decoded.`,
  run: async ({ function: functionName, maps }, files) => {
    if (functionName !== undefined && !(FUNCTION_NAMES as readonly string[]).includes(functionName))
      throw new UsageError(`--function must be one of ${FUNCTION_NAMES.join(', ')}.`);
    const { createFrameDecoder } = await import('./decode-frames.ts');
    const folder = maps ?? fileURLToPath(new URL('../../dist/source-maps', import.meta.url));
    const decoder = createFrameDecoder({ folder, functionName });
    if (files.length === 0 && process.stdin.isTTY) process.stderr.write('Paste the lines, then press Ctrl-D.\n');
    const inputs = files.length === 0 ? [process.stdin] : files.map((file) => createReadStream(file));
    for (const input of inputs) {
      for await (const line of createInterface({ input })) process.stdout.write(`${decoder.decode(line)}\n`);
    }
    process.stderr.write(`${decoder.decoded} ${decoder.decoded === 1 ? 'frame' : 'frames'} decoded.\n`);
    for (const reason of decoder.reasons) process.stderr.write(`${reason}\n`);
    return decoder.reasons.size === 0 ? 0 : 1;
  },
});
