/** What is drawn over the same seconds: lines of one unit each, and the seconds of an outage. */
export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly shade?: { readonly fromS: number; readonly toS: number } | undefined;
}

export interface Line {
  readonly name: string;
  readonly tone: 'good' | 'bad' | 'plain';
  /** One for each second. */
  readonly values: readonly number[];
}

const WIDTH = 860;
const LEFT = 64;
const RIGHT = 28;
const TOP = 48;
const PANEL = 118;
const GAP = 44;

/** Draws panels one below the other, in an SVG that suits a light and a dark page. */
export function drawPanels(title: string, panels: readonly Panel[]): string {
  const height = TOP + panels.length * (PANEL + GAP) + 12;
  const body = panels.map((panel, index) => drawPanel(panel, TOP + index * (PANEL + GAP) + 18));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">${toText(title)}</title>
<style>
  svg { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; color-scheme: light dark; }
  text { fill: #1f2328; } .soft { fill: #59636e; } polyline { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
  .good { stroke: #2f81c5; } .bad { stroke: #c4472f; } .plain { stroke: #59636e; } rect.shade { fill: #8b949e; opacity: .18; }
  .axis { stroke: #8b949e; stroke-width: 1; opacity: .5; }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .soft { fill: #9198a1; } .plain { stroke: #9198a1; } }
</style>
<text x="8" y="24" font-size="16" font-weight="600">${toText(title)}</text>
${body.join('\n')}
</svg>
`;
}

function drawPanel({ title, lines, shade }: Panel, top: number): string {
  const seconds = Math.max(1, ...lines.map(({ values }) => values.length));
  const most = niceAbove(Math.max(1, ...lines.flatMap(({ values }) => values)));
  const x = (second: number): string => (LEFT + (second / seconds) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (value: number): string => (top + PANEL - (value / most) * (PANEL - 18)).toFixed(1);
  const axis = (value: number): string =>
    `<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/><text class="soft" x="${LEFT - 6}" y="${y(value)}" dy="4" text-anchor="end">${value}</text>`;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => Math.round(part * seconds));
  return [
    `<text x="8" y="${top}">${toText(title)}</text>${drawLegend(lines, top)}`,
    ...(shade === undefined
      ? []
      : [
          `<rect class="shade" x="${x(shade.fromS)}" y="${y(most)}" width="${(Number(x(shade.toS)) - Number(x(shade.fromS))).toFixed(1)}" height="${PANEL - 18}"/>`,
        ]),
    axis(0),
    axis(most),
    ...lines.map(
      ({ tone, values }) =>
        `<polyline class="${tone}" points="${values.map((value, second) => `${x(second + 0.5)},${y(value)}`).join(' ')}"/>`,
    ),
    ...ticks.map(
      (second) => `<text class="soft" x="${x(second)}" y="${top + PANEL + 16}" text-anchor="middle">${second} s</text>`,
    ),
  ].join('\n');
}

function drawLegend(lines: readonly Line[], top: number): string {
  let right = WIDTH - RIGHT;
  return [...lines]
    .reverse()
    .map(({ name, tone }) => {
      const text = `<text class="soft" x="${right}" y="${top}" text-anchor="end">${toText(name)}</text>`;
      const lineEnd = right - name.length * 7 - 6;
      right = lineEnd - 34;
      return `${text}<polyline class="${tone}" points="${lineEnd - 18},${top - 4} ${lineEnd},${top - 4}"/>`;
    })
    .join('');
}

/** The next of 1, 2, 5, 10, 20, … */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? 10 * power;
}

function toText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
