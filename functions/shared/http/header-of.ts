import type { Fields } from '../fields-of.ts';

/**
 * A header of an event by its name, whatever its case (RFC 9110, section 5.1). An HTTP API and a function URL write names in lower case, a
 * REST API as the caller did.
 * @param name in lower case
 */
export function headerOf(headers: Fields, name: string): string | undefined {
  const value = headers[name] ?? headers[keyOf(headers, name)];
  return typeof value === 'string' ? value : undefined;
}

function keyOf(headers: Fields, name: string): string {
  return Object.keys(headers).find((key) => key.length === name.length && key.toLowerCase() === name) ?? name;
}
