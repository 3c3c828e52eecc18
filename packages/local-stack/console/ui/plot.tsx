import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'preact/hooks';
import Chart from 'uplot';

export interface PlotLine {
  label: string;
  /** One for each time. */
  values: readonly (number | null)[];
}

interface PlotProps {
  /** What a reader who does not see it has to know. */
  label: string;
  /** Unix seconds. */
  times: readonly number[];
  lines: readonly PlotLine[];
  thresholds?: readonly number[];
  /** Spans to be tinted red. */
  alarms?: readonly { from: number; to: number }[];
  from: number;
  to: number;
  height?: number;
}

const compact = new Intl.NumberFormat('en', { notation: 'compact' });
const timeOf = (seconds: number): string =>
  new Date(seconds * 1_000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });

const COLOURS = ['--accent', '--good', '--warn', '--quiet'];
const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const tint = (chart: Chart, spans: NonNullable<PlotProps['alarms']>) => {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.fillStyle = colour('--bad-soft');
  for (const { from, to } of spans) {
    const left = Math.max(bbox.left, chart.valToPos(from, 'x', true));
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(to, 'x', true));
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
};

const drawThresholds = (chart: Chart, thresholds: readonly number[]) => {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.strokeStyle = colour('--bad');
  ctx.setLineDash([6, 4]);
  for (const threshold of thresholds) {
    const y = chart.valToPos(threshold, 'y', true);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
};

/** Lines over time, from zero, with every threshold in the picture. */
export const Plot = ({
  label,
  times,
  lines,
  thresholds = [],
  alarms = [],
  from,
  to,
  height = 120,
}: PlotProps) => {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef({ thresholds, alarms, from, to });
  latest.current = { thresholds, alarms, from, to };
  const chart = useRef<Chart>(undefined);
  const names = lines.map((line) => line.label).join('\n');

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const axis = { stroke: () => colour('--quiet'), font: '11px system-ui', ticks: { show: false } };
    const grid = { stroke: () => colour('--line'), width: 1 };
    const made = new Chart(
      {
        width: element.clientWidth,
        height,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: true, range: () => [latest.current.from, latest.current.to] },
          y: {
            range: (_chart, _low, high) => {
              const top = Math.max(high ?? 0, ...latest.current.thresholds, 1);
              return [0, top * 1.15];
            },
          },
        },
        axes: [
          { ...axis, grid: { show: false }, size: 24, values: (_chart, ticks) => ticks.map(timeOf) },
          { ...axis, grid, size: 44, values: (_chart, ticks) => ticks.map((tick) => compact.format(tick)) },
        ],
        series: [
          {},
          ...lines.map((line, index) => ({
            label: line.label,
            stroke: () => colour(COLOURS[index % COLOURS.length] ?? '--accent'),
            width: 1.5,
            points: { show: true, size: 4 },
          })),
        ],
        hooks: {
          drawClear: [(one: Chart) => tint(one, latest.current.alarms)],
          draw: [(one: Chart) => drawThresholds(one, latest.current.thresholds)],
        },
      },
      [[], ...lines.map(() => [])],
      element,
    );
    chart.current = made;
    const sizes = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    sizes.observe(element);
    const theme = new MutationObserver(() => made.redraw());
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      sizes.disconnect();
      theme.disconnect();
      made.destroy();
    };
  }, [names, height]);

  useEffect(() => {
    chart.current?.setData([[...times], ...lines.map(({ values }) => [...values])]);
  });
  return <div class="plot" ref={place} role="img" aria-label={label} style={{ height: `${height}px` }} />;
};
