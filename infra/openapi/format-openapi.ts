import { readFileSync } from 'node:fs';
import { createOpenapiDocument } from './create-openapi-document.ts';

/** The document as the file docs/openapi.json holds it. */
export function formatOpenapi(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return `${JSON.stringify(createOpenapiDocument(manifest.version), null, 2)}\n`;
}
