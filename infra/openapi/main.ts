import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatOpenapi } from './format-openapi.ts';

/** `npm run openapi`: writes the document that the schemas of the present source give. */
const path = fileURLToPath(new URL('../../docs/openapi.json', import.meta.url));
writeFileSync(path, formatOpenapi());
process.stdout.write(`wrote ${path}\n`);
