import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import styles from "./TimeBars.module.css";

export type Bar = { at: string; good: number; bad: number };

const HEIGHT_PX = 172;
/** So that the first and the last bar are whole. */
const HALF_MINUTE_S = 30;

/** Stacked bars over time: what went well, and on top of it what did not. */
export function TimeBars({ label, bars, good, bad, theme }: { label: string; bars: readonly Bar[]; good: string; bad: string; theme: string }) {
  const place = useRef<HTMLDivElement>(null);
  const goodMark = useRef<HTMLSpanElement>(null);
  const badMark = useRef<HTMLSpanElement>(null);
  const chart = useRef<uPlot | null>(null);
  const data = useRef<uPlot.AlignedData>([[], [], []]);
  data.current = aligned(bars);

  useEffect(() => {
    const element = place.current;
    if (element === null || !goodMark.current || !badMark.current) return undefined;
    const draw = () => {
      chart.current?.destroy();
      chart.current = new uPlot(options(element, colour(goodMark.current), colour(badMark.current)), data.current, element);
    };
    draw();
    const size = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    size.observe(element);
    // The canvas knows no style sheet: another colour scheme means another drawing.
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw);
    return () => {
      scheme.removeEventListener("change", draw);
      size.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
    // eslint-disable-next-line react/exhaustive-deps, react/exhaustive-effect-dependencies -- another theme is another drawing
  }, [theme]);

  useEffect(() => {
    chart.current?.setData(data.current);
    // eslint-disable-next-line react/exhaustive-deps, react/exhaustive-effect-dependencies -- the data is made of the bars
  }, [bars]);

  const sum = (of: "good" | "bad") => bars.reduce((total, bar) => total + bar[of], 0);
  return (
    <figure className={styles.figure}>
      <div ref={place} className={styles.chart} role="img" aria-label={`${label}: ${sum("good")} ${good}, ${sum("bad")} ${bad}.`} />
      <figcaption className={styles.legend}>
        <span>
          <span ref={goodMark} className={styles.good} /> {sum("good")} {good}
        </span>
        <span>
          <span ref={badMark} className={styles.bad} /> {sum("bad")} {bad}
        </span>
      </figcaption>
    </figure>
  );
}

/** The failed part is what sticks out above the good one. */
function aligned(bars: readonly Bar[]): uPlot.AlignedData {
  return [bars.map((bar) => Date.parse(bar.at) / 1_000), bars.map((bar) => bar.good + bar.bad), bars.map((bar) => bar.good)];
}

function colour(mark: HTMLElement | null): string {
  return mark === null ? "gray" : getComputedStyle(mark).backgroundColor;
}

function options(element: HTMLElement, good: string, bad: string): uPlot.Options {
  const text = getComputedStyle(element);
  const bars = uPlot.paths.bars?.({ size: [0.7, 14], radius: 0.15 });
  const axis: uPlot.Axis = {
    stroke: text.color,
    font: `11px ${text.fontFamily}`,
    ticks: { show: false },
    grid: { stroke: text.borderTopColor, width: 1 },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT_PX,
    padding: [8, 4, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    scales: { x: { range: (_, min, max) => [min - HALF_MINUTE_S, max + HALF_MINUTE_S] }, y: { range: (_, __, max) => [0, Math.max(4, Math.ceil(max * 1.15))] } },
    axes: [
      { ...axis, grid: { show: false }, size: 24, values: (_, splits) => splits.map(clock) },
      { ...axis, size: 28, space: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000] },
    ],
    series: [{}, { fill: bad, width: 0, ...(bars ? { paths: bars } : {}), points: { show: false } }, { fill: good, width: 0, ...(bars ? { paths: bars } : {}), points: { show: false } }],
  };
}

function clock(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}
