import { isMap, isNode, isScalar, type Node, type YAMLMap } from 'yaml';

/**
 * Where the parser of a genuine Conjur (libyaml) stands when it reports a scalar: plain text is only known to have
 * ended after the blanks and line breaks behind it; a quoted text that could still be a mapping key makes it read one
 * token ahead.
 */
export function markAfterScalar(text: string, node: Node, isListItem: boolean): number {
  const end = node.range?.[1] ?? text.length;
  if (!isScalar(node)) return isMap(node) && !node.flow ? skipBlanks(text, end) : end;
  if (node.source === '' && node.type === 'PLAIN') return afterToken(text, skipComments(text, end));
  if (node.type === 'PLAIN') return skipBlanks(text, end);
  return isListItem ? afterToken(text, skipComments(text, end)) : end;
}

/** Where the parser stands when it reports the start of a mapping: behind the colon of its first key. */
export function markAfterKey(text: string, node: YAMLMap): number {
  if (node.flow) return (node.range?.[0] ?? 0) + 1;
  const key = node.items[0]?.key;
  const end = isNode(key) ? (key.range?.[1] ?? 0) : (node.range?.[0] ?? 0);
  const colon = text.indexOf(':', end);
  return colon < 0 ? end : colon + 1;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && /[ \t\r\n]/.test(text.charAt(at))) at += 1;
  return at;
}

function skipComments(text: string, from: number): number {
  let at = skipBlanks(text, from);
  while (text.charAt(at) === '#') {
    const end = text.indexOf('\n', at);
    at = end < 0 ? text.length : skipBlanks(text, end);
  }
  return at;
}

function afterToken(text: string, at: number): number {
  return text.charAt(at) === '-' ? at + 1 : at;
}
