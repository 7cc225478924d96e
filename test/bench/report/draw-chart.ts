import type { Ratio } from './ratio.ts';
import type { Result } from './result.ts';

const WIDTH = 860;
const ROW = 34;
const TOP = 64;
const BOTTOM = 34;
const LABELS = 452;
const RIGHT = 70;

/**
 * Draws every ratio that has a limit as a bar, its limit as a line and its spread as a whisker. Colours and font fit a light page and a
 * dark one.
 */
export function drawChart(results: readonly Result[]): string {
  const ratios = results.flatMap((result) => result.ratios.filter(({ limit }) => limit !== undefined));
  const height = TOP + ratios.length * ROW + BOTTOM;
  const end = Math.max(1.3, ...ratios.map(({ measured }) => Math.min(measured.median, 2) + 0.05));
  const toX = (value: number): number => LABELS + (Math.min(value, end) / end) * (WIDTH - LABELS - RIGHT);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">Measured ratios and their limits; shorter is better</title>
<style>
  svg { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; color-scheme: light dark; }
  text { fill: #1f2328; } .soft { fill: #59636e; } .bar { fill: #2f81c5; } .over { fill: #c4472f; }
  .spread { stroke: #1f2328; stroke-width: 1.5; opacity: .6; } .limit { stroke: #1f2328; stroke-width: 2; stroke-dasharray: 3 2; }
  .axis { stroke: #8b949e; stroke-width: 1; opacity: .5; }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .soft { fill: #9198a1; } .spread, .limit { stroke: #e6edf3; } }
</style>
<text x="8" y="24" font-size="16" font-weight="600">What is measured ÷ what it is compared with</text>
<text x="8" y="44" class="soft">Bar: median of the run. Thin line: least to most. Dashed: the limit. Shorter is better.</text>
<line class="axis" x1="${n(toX(1))}" x2="${n(toX(1))}" y1="${TOP - 6}" y2="${height - BOTTOM}"/>
<text class="soft" x="${n(toX(1))}" y="${height - BOTTOM + 18}" text-anchor="middle">1 = the same</text>
${ratios.map((ratio, index) => drawRow(ratio, TOP + index * ROW, toX)).join('\n')}
</svg>
`;
}

function drawRow({ figure, measured, limit = 0, met }: Ratio, y: number, toX: (value: number) => number): string {
  const { min, median, max } = measured;
  const middle = y + ROW / 2 - 4;
  const from = Math.max(0, min);
  return [
    `<text x="8" y="${middle + 4}">${escapeXml(figure)}</text>`,
    `<rect class="${met ? 'bar' : 'over'}" x="${LABELS}" y="${middle - 8}" width="${n(toX(Math.max(0, median)) - LABELS)}" height="16" rx="2"/>`,
    `<line class="spread" x1="${n(toX(from))}" x2="${n(toX(max))}" y1="${middle}" y2="${middle}"/>`,
    `<line class="limit" x1="${n(toX(limit))}" x2="${n(toX(limit))}" y1="${middle - 12}" y2="${middle + 12}"/>`,
    `<text x="${WIDTH - 8}" y="${middle + 4}" text-anchor="end">${median.toFixed(median < 0.1 ? 3 : 2)}</text>`,
  ].join('');
}

function n(value: number): string {
  return value.toFixed(1);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
