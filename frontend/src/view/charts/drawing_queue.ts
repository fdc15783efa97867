/**
 * Sharing out a frame among plots: those that are to be drawn anew take turns, so that no frame has more
 * to draw than it has time for. What is drawn costs by its points; how long it takes is only known once
 * the browser has painted it.
 */

/** Points that are drawn in one frame; a single plot may have more, and has a frame of its own then. */
const POINTS_A_FRAME = 6000;

export interface Drawn {
  /** How many points it draws. */
  readonly cost: number;
  drawNow(): void;
}

const waiting = new Set<Drawn>();
let spent = 0;
let frame: number | undefined;

/** Draw now where this frame has room, else in one of the next. Whoever waits keeps its turn. */
export function drawSoon(drawn: Drawn): void {
  if (!waiting.size && hasRoomFor(drawn)) draw(drawn);
  else waiting.add(drawn);
  frame ??= requestAnimationFrame(onFrame);
}

/** It is gone: nothing is to be drawn any more. */
export function drawNoMore(drawn: Drawn): void {
  waiting.delete(drawn);
}

function hasRoomFor({ cost }: Drawn): boolean {
  return spent === 0 || spent + cost <= POINTS_A_FRAME;
}

function draw(drawn: Drawn): void {
  spent += Math.max(1, drawn.cost);
  drawn.drawNow();
}

function onFrame(): void {
  frame = undefined;
  spent = 0;
  for (const drawn of waiting) {
    if (!hasRoomFor(drawn)) break;
    waiting.delete(drawn);
    draw(drawn);
  }
  // A frame more, in which what was spent is forgotten.
  if (waiting.size || spent) frame = requestAnimationFrame(onFrame);
}
