import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join, posix } from 'node:path';
import { FUNCTION_NAMES } from '../build/function-names.ts';

/** Decodes what it is given, and counts. */
export interface FrameDecoder {
  /** The line with each place in a bundle replaced by the place in the sources: `lib/http/transport.ts:41:9`. */
  decode(line: string): string;
  /** Frames decoded so far. */
  readonly decoded: number;
  /** Why frames were left as they are, each reason once. */
  readonly reasons: ReadonlySet<string>;
}

export interface FrameDecoderOptions {
  /** Folder that has the source maps of each function in a folder of its name, as `npm run build` writes them. */
  readonly folder: string;
  /** The function whose log it is. Default: the one that a line, or one before it, names. */
  readonly functionName?: string | undefined;
}

/** `file:///var/task/handler.mjs:1:2345`, on whatever machine and in whatever folder. */
const FRAME = /(?:file:\/\/)?(?:[A-Za-z]:)?[/\\][^\s"'()]*?([\w.-]+\.mjs):(\d+):(\d+)/g;
const NAMED = new RegExp(`(?<![\\w-])(?:[\\w]+-)*(${FUNCTION_NAMES.join('|')})(?![\\w-])`);

/**
 * Reads minified stack traces with the source maps of the same build. Chunks are named by their content, so that a map of another build
 * is not taken for theirs; `handler.mjs` has the same name in each build.
 */
export function createFrameDecoder({ folder, functionName }: FrameDecoderOptions): FrameDecoder {
  const maps = new Map<string, SourceMap | undefined>();
  const reasons = new Set<string>();
  let current = functionName;
  let decoded = 0;

  function load(name: string, file: string): SourceMap | undefined {
    const path = join(folder, name, `${file}.map`);
    if (!maps.has(path)) maps.set(path, existsSync(path) ? parseMap(path) : undefined);
    return maps.get(path);
  }

  function find(file: string): { map: SourceMap; of: string } | undefined {
    const found = (current === undefined ? FUNCTION_NAMES : [current]).flatMap((of) => {
      const map = load(of, file);
      return map === undefined ? [] : [{ map, of }];
    });
    if (found.length === 0)
      reasons.add(`There is no source map of ${file}. Run "npm run build" in the version that was deployed.`);
    if (file === 'handler.mjs' && found.length > 1) {
      reasons.add('Each function has a handler.mjs. Name the function with --function.');
      return undefined;
    }
    return found[0];
  }

  function toPlace(frame: string, file: string, line: string, column: string): string {
    const { map, of } = find(file) ?? {};
    if (map === undefined) return frame;
    const origin = map.findOrigin(Number(line), Number(column));
    if (!('fileName' in origin)) {
      reasons.add(`The source map of ${file} does not know ${line}:${column}. Is it of the version that was deployed?`);
      return frame;
    }
    decoded += 1;
    return `${posix.join('dist', of ?? '', origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}`;
  }

  return {
    decode(line) {
      if (functionName === undefined) current = NAMED.exec(line)?.[1] ?? current;
      return line.replaceAll(FRAME, toPlace);
    },
    get decoded() {
      return decoded;
    },
    reasons,
  };
}

function parseMap(path: string): SourceMap {
  return new SourceMap(JSON.parse(readFileSync(path, 'utf8')));
}
