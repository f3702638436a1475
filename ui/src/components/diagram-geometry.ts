export type Point = { x: number; y: number };
type Size = { width: number; height: number };

const GAP = 3;
const HEAD = 5;
/** How far an arrow steps aside for its way back. */
const ASIDE = 6;

/** A straight arrow from the edge of one box to the edge of another. */
export function arrow(from: Point, to: Point, box: Size, aside: boolean): { line: string; head: string } {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const unit = { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
  const shift = aside ? ASIDE : 0;
  const side = { x: -unit.y * shift, y: unit.x * shift };
  const start = leave(from, unit, side, box, GAP);
  const end = leave(to, { x: -unit.x, y: -unit.y }, side, box, GAP);
  const base = { x: end.x - unit.x * HEAD, y: end.y - unit.y * HEAD };
  const wing = { x: -unit.y * HEAD * 0.65, y: unit.x * HEAD * 0.65 };
  return {
    line: `M${point(start)}L${point(base)}`,
    head: `M${point(end)}L${point({ x: base.x + wing.x, y: base.y + wing.y })}L${point({ x: base.x - wing.x, y: base.y - wing.y })}Z`,
  };
}

/** Where a ray from the centre (moved aside) leaves the box. */
function leave(centre: Point, unit: Point, side: Point, box: Size, gap: number): Point {
  const reach = (half: number, aside: number, direction: number) => (direction === 0 ? Infinity : (half - aside * Math.sign(direction)) / Math.abs(direction));
  const distance = Math.min(reach(box.width / 2, side.x, unit.x), reach(box.height / 2, side.y, unit.y)) + gap;
  return { x: centre.x + side.x + unit.x * distance, y: centre.y + side.y + unit.y * distance };
}

function point({ x, y }: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
