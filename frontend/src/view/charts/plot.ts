/** One plot: uPlot, told what to draw. It knows lines and scales, and nothing of runs. */

import uPlot from "uplot";
import { columnsOf, drawnPoints, extremesOf, lonePoints, roughness, stepRange, type Columns } from "../../model/columns";
import {
  linearMarks,
  marksOf,
  markWords,
  rangeOf,
  scaleFor,
  stepMark,
  valueOf,
  type Range,
  type Scale,
} from "../../model/scales";
import { smoothed } from "../../model/smoothing";
import type { Point } from "../../model/wire";
import { drawNoMore, drawSoon, type Drawn } from "./drawing_queue";
import { colourName, colourOf, watchTheme, type LineStyle } from "./palette";

export interface PlotLine {
  points: readonly Point[];
  style: LineStyle;
}

export interface Drawing {
  lines: readonly PlotLine[];
  isLog: boolean;
  /** How much of a value stays to the next, 0–1; 0: the lines are as they were measured. */
  smoothing: number;
  /** Null: all steps. */
  zoom: Range | null;
}

export interface PlotHooks {
  pointed(step: number | null): void;
  zoomed(range: Range | null): void;
}

const MARKED = 24; // points of a line that are few enough to be marked each
const PIXELS_A_MARK = 24;
const PIXELS_A_STEP = 58;
const AXIS_HEIGHT = 26;
const LINE = 1.75;
/** A line that goes up and down all over its plot: it is seen as well, and drawn three times as fast. */
const THIN = 1;
const ROUGH = 8; // times the plot's height
const FAINT = 0.28;
const LEAST_DRAG = 6;

const NOTHING: Columns = { steps: [], places: [] };

export class Plot implements Drawn {
  #element: HTMLElement;
  #hooks: PlotHooks;
  #height: number;
  /** Kept, for asking the element makes the browser lay out the page. */
  #width: number;
  #plot: uPlot | null = null;
  #kind = "";
  #drawing: Drawing | null = null;
  #columns: Columns = NOTHING;
  #scale: Scale = { isLog: false, unit: 1 };
  #x: Range = [0, 1];
  #y: Range = [0, 1];
  #colours = new Map<string, string>();
  #endings: (() => void)[] = [];

  constructor(element: HTMLElement, height: number, hooks: PlotHooks) {
    this.#element = element;
    this.#height = height;
    this.#width = Math.max(120, element.clientWidth);
    this.#hooks = hooks;
    const resized = new ResizeObserver(() => this.#resized());
    resized.observe(element);
    const unwatch = watchTheme(() => {
      this.#colours.clear();
      this.#plot?.redraw(false);
    });
    this.#endings.push(unwatch, () => resized.disconnect());
  }

  /** The steps that have a place, for going from one to the next. */
  get steps(): readonly number[] {
    return this.#columns.steps;
  }

  get cost(): number {
    const { lines = [], smoothing = 0 } = this.#drawing ?? {};
    const points = lines.reduce((sum, line) => sum + Math.min(line.points.length, this.#width), 0);
    return smoothing > 0 ? 2 * points : points;
  }

  /** Draw it in this frame, or as soon as its turn has come. */
  draw(drawing: Drawing): void {
    this.#drawing = drawing;
    drawSoon(this);
  }

  drawNow(): void {
    const drawing = this.#drawing;
    if (!drawing) return;
    const lines = this.#linesOf(drawing);
    const extremes = extremesOf(lines);
    this.#scale = extremes ? scaleFor(...extremes, drawing.isLog) : { isLog: false, unit: 1 };
    this.#columns = columnsOf(lines, this.#scale);
    this.#x = drawing.zoom ?? stepRange(lines) ?? [0, 1];
    this.#y = extremes ? rangeOf(...extremes, this.#scale) : [0, 1];
    const kind = JSON.stringify([drawing.lines.map((line) => line.style), drawing.smoothing > 0]);
    if (kind !== this.#kind || !this.#plot) this.#make(kind, drawing);
    for (const [index, column] of this.#columns.places.entries()) {
      const isFaint = drawing.smoothing > 0 && index < drawing.lines.length;
      const isRough = roughness(column) > ROUGH * (this.#y[1] - this.#y[0]);
      this.#plot!.series[index + 1]!.width = isFaint || isRough ? THIN : LINE;
    }
    // All scales anew: where they reach is known already.
    this.#plot!.setData([this.#columns.steps, ...this.#columns.places] as uPlot.AlignedData, true);
  }

  /** Point at a step; null: at none. */
  point(step: number | null): void {
    const plot = this.#plot;
    if (!plot) return;
    const isShown = step !== null && step >= this.#x[0] && step <= this.#x[1];
    plot.setCursor({ left: isShown ? plot.valToPos(step, "x") : -10, top: 0 }, false);
  }

  destroy(): void {
    drawNoMore(this);
    for (const end of this.#endings.splice(0)) end();
    this.#plot?.destroy();
    this.#plot = null;
  }

  /** As they are drawn: the measured ones, faint where smoothed ones lie above them. */
  #linesOf({ lines, smoothing, zoom }: Drawing): (readonly Point[])[] {
    const pixels = this.#width;
    const measured = lines.map(({ points }) => drawnPoints(points, zoom, pixels));
    if (smoothing <= 0) return measured;
    // Smoothed before anything is cut off: a line does not change for being looked at closer.
    return [...measured, ...lines.map(({ points }) => drawnPoints(smoothed(points, smoothing), zoom, pixels))];
  }

  #make(kind: string, drawing: Drawing): void {
    this.#plot?.destroy();
    this.#kind = kind;
    this.#plot = new uPlot(this.#options(this.#width, drawing), [[]], this.#element);
  }

  #resized(): void {
    const width = this.#element.clientWidth;
    if (width <= 0 || width === this.#width) return;
    this.#width = width;
    this.#plot?.setSize({ width, height: this.#height });
    if (this.#drawing) this.draw(this.#drawing);
  }

  #options(width: number, drawing: Drawing): uPlot.Options {
    const font = `11px ${getComputedStyle(this.#element).fontFamily}`;
    const text = (): string => this.#colour("--jpp-text-2");
    const grid = { stroke: () => this.#colour("--jpp-line"), width: 1 };
    const axis = { stroke: text, font, ticks: { show: false } };
    return {
      width,
      height: this.#height,
      padding: [6, 12, 0, 0],
      legend: { show: false },
      cursor: this.#cursor(),
      scales: {
        x: { time: false, range: () => [...this.#x] },
        y: { range: () => [...this.#y] },
      },
      axes: [
        { ...axis, size: AXIS_HEIGHT, gap: 4, grid: { show: false }, splits: () => this.#stepMarks(), values: (_, at) => at.map(stepMark) },
        { ...axis, grid, size: axisSize, gap: 6, splits: () => this.#valueMarks(), values: (_, at) => this.#wordsAt(at) },
      ],
      series: [{}, ...this.#series(drawing)],
      hooks: {
        setCursor: [(plot) => this.#pointed(plot)],
        setSelect: [(plot) => this.#selected(plot)],
      },
    };
  }

  #cursor(): uPlot.Cursor {
    return {
      y: false,
      points: { size: 7, width: 1 },
      drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG },
      bind: {
        dblclick: () => () => {
          this.#hooks.zoomed(null);
          return null;
        },
        mouseleave: (plot, _target, handler) => (event) => {
          handler(event);
          if (plot.cursor.drag) this.#hooks.pointed(null);
          return null;
        },
      },
    };
  }

  #series({ lines, smoothing }: Drawing): uPlot.Series[] {
    const measured = lines.map(({ style }) => this.#seriesOf(style, smoothing > 0));
    return smoothing > 0 ? [...measured, ...lines.map(({ style }) => this.#seriesOf(style, false))] : measured;
  }

  #seriesOf(style: LineStyle, isFaint: boolean): uPlot.Series {
    const stroke = (): string => this.#colour(colourName(style));
    return {
      stroke,
      pxAlign: 0,
      width: isFaint ? THIN : LINE,
      alpha: isFaint ? FAINT : 1,
      dash: isFaint ? [] : [...style.dash],
      points: {
        size: 5,
        width: 1,
        fill: stroke,
        show: true,
        filter: (_, index) => this.#markedPoints(index - 1),
      },
    };
  }

  /** All points of a short line, else those that stand alone. */
  #markedPoints(line: number): number[] {
    const column = this.#columns.places[line] ?? [];
    const real = column.flatMap((place, index) => (place === null || place === undefined ? [] : [index]));
    return real.length <= MARKED ? real : lonePoints(column);
  }

  #colour(name: string): string {
    const known = this.#colours.get(name) ?? colourOf(this.#element, name);
    this.#colours.set(name, known);
    return known;
  }

  #stepMarks(): number[] {
    const most = Math.max(2, Math.floor((this.#plot?.width ?? 300) / PIXELS_A_STEP));
    const isWhole = this.#columns.steps.every(Number.isInteger);
    return linearMarks(this.#x, most, isWhole);
  }

  #valueMarks(): number[] {
    return marksOf(this.#y, this.#scale, Math.max(2, Math.floor((this.#height - AXIS_HEIGHT) / PIXELS_A_MARK)));
  }

  #wordsAt(places: readonly number[]): string[] {
    return markWords(places.map((place) => valueOf(place, this.#scale)));
  }

  #pointed(plot: uPlot): void {
    const index = plot.cursor.idx;
    const isInside = (plot.cursor.left ?? -1) >= 0;
    this.#hooks.pointed(isInside && index != null ? (this.#columns.steps[index] ?? null) : null);
  }

  #selected(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < LEAST_DRAG) return;
    const range: Range = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.#hooks.zoomed(range);
  }
}

/** Wide enough for its words, and no narrower from one plot to the next. */
function axisSize(_: uPlot, values: string[] | null): number {
  const longest = Math.max(0, ...(values ?? []).map((words) => words.length));
  return Math.max(46, 14 + longest * 6.4);
}
