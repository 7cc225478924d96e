import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Marked } from 'marked';
import type { DocumentEntry } from './console-facts.ts';

const ROOT = new URL('../../../', import.meta.url);

/** What the console links to: README and all pages of `docs/`. */
export async function listDocuments(): Promise<DocumentEntry[]> {
  const pages = (await readdir(new URL('docs/', ROOT))).filter((name) => name.endsWith('.md')).sort();
  const paths = ['README.md', ...pages.map((name) => `docs/${name}`), 'SECURITY.md', 'CHANGELOG.md'];
  return Promise.all(
    paths.map(async (path) => ({ path, title: toTitle(await readFile(new URL(path, ROOT), 'utf8')) ?? path })),
  );
}

/** What a document may bring along. */
const TYPES: Readonly<Record<string, string>> = {
  svg: 'image/svg+xml',
  png: 'image/png',
  json: 'application/json',
  yml: 'text/plain; charset=utf-8',
  ts: 'text/plain; charset=utf-8',
};

/** Documents and their pictures, and files that they link to: policies of Conjur and of AWS, and the tests and measuring programs that show what a page says. */
const SERVED =
  /^(?:(?:[A-Z]+|docs\/(?:[\w-]+\/)?[\w-]+)\.(?:md|svg|png|json)|infra\/(?:[\w-]+\/)*[\w-]+\.(?:json|yml)|test\/(?:[\w-]+\/)*[\w-]+(?:\.test)?\.ts)$/;

/**
 * A document as a page, or what it brings along. Undefined for any other file: what is served is documentation, and not the folder.
 * @param path from the root of the project
 */
export async function loadDocument(path: string): Promise<{ type: string; content: string | Buffer } | undefined> {
  if (!SERVED.test(path)) return undefined;
  try {
    const file = await readFile(fileURLToPath(new URL(path, ROOT)));
    const type = TYPES[path.split('.').at(-1) ?? ''];
    return type === undefined
      ? { type: 'text/html; charset=utf-8', content: toPage(path, file.toString('utf8')) }
      : { type, content: file };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function toTitle(markdown: string): string | undefined {
  return /^# (.+)$/m.exec(markdown)?.[1];
}

function toPage(path: string, markdown: string): string {
  const title = escapeHtml(toTitle(markdown) ?? path);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · conjur-functions</title>
<link rel="icon" href="/console/icon.svg">
<link rel="stylesheet" href="/console/style.css">
</head>
<body class="document">
<header class="bar"><a class="brand" href="/#/docs">conjur-functions</a><nav aria-label="Console"><a href="/#/docs">All documents</a></nav></header>
<main>
${toHtml(markdown)}
</main>
</body>
</html>
`;
}

/** Headings get the ids that GitHub gives them, which the links between the documents name. */
function toHtml(markdown: string): string {
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${escapeHtml(toId(text))}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      code({ text }) {
        return `<pre class="listing" tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`;
      },
    },
  });
  // Synchronous: nothing here is asked of anybody else.
  const html = marked.parse(markdown, { async: false });
  return (
    html
      // A table that is wider than a telephone scrolls by itself, also by the keyboard.
      .replaceAll('<table>', '<div class="wide" tabindex="0"><table>')
      .replaceAll('</table>', '</table></div>')
      .replaceAll('<th></th>', '<td></td>')
  );
}

function toId(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
