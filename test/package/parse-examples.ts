/** An example of a Markdown page: a program, and the lines that it says it prints. */
export interface Example {
  /** The heading that it stands under. */
  readonly title: string;
  readonly code: string;
  readonly prints: readonly string[];
}

/** The TypeScript programs of a page. What a line prints stands behind it: `console.log(1); // prints 1`. */
export function parseExamples(markdown: string): Example[] {
  return [...markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(({ index, 1: code = '' }) => ({
    title:
      /^#+ (.*)$/m.exec(
        markdown
          .slice(0, index)
          .split(/^(?=#)/m)
          .at(-1) ?? '',
      )?.[1] ?? '',
    code,
    prints: [...code.matchAll(/\/\/ prints (.*)$/gm)].map(([, line = '']) => line),
  }));
}
