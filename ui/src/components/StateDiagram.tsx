import type { StateMark } from "../lib/states/state-mark";
import { type Point, arrow } from "./diagram-geometry";
import styles from "./StateDiagram.module.css";

export type DiagramNode = { id: string; mark: StateMark; x: number; y: number };
export type DiagramEdge = { from: string; to: string };

type StateDiagramProps = {
  label: string;
  width: number;
  height: number;
  nodes: readonly DiagramNode[];
  edges: readonly DiagramEdge[];
  current: string;
  /** Edges that were taken, in order. */
  taken: readonly DiagramEdge[];
  /** Edges that a person may take now. */
  possible?: readonly DiagramEdge[];
};

const NONE: readonly DiagramEdge[] = [];
const NODE = { width: 96, height: 28 };

/** Where a thing stands, how it came there, and where it can go. */
export function StateDiagram({ label, width, height, nodes, edges, current, taken, possible = NONE }: StateDiagramProps) {
  const at = new Map<string, Point>(nodes.map((node) => [node.id, { x: node.x, y: node.y }]));
  const key = (edge: DiagramEdge) => `${edge.from}>${edge.to}`;
  const passed = new Set(taken.map(key));
  const visited = new Set(taken.flatMap((edge) => [edge.from, edge.to]));
  const open = new Set(possible.map(key));
  const pairs = new Set(edges.map(key));
  const weight = (edge: DiagramEdge) => (open.has(key(edge)) ? 2 : passed.has(key(edge)) ? 1 : 0);
  return (
    <svg className={styles.diagram} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {[...edges]
        .sort((a, b) => weight(a) - weight(b))
        .map((edge) => {
          const from = at.get(edge.from);
          const to = at.get(edge.to);
          if (from === undefined || to === undefined) return null;
          const shape = arrow(from, to, NODE, pairs.has(`${edge.to}>${edge.from}`));
          return (
            <g key={key(edge)} className={[styles.edge, styles.taken, styles.possible][weight(edge)]}>
              <path d={shape.line} className={styles.line} />
              <path d={shape.head} className={styles.head} />
            </g>
          );
        })}
      {nodes.map((node) => {
        const Icon = node.mark.icon;
        const look = node.id === current ? styles.current : visited.has(node.id) ? styles.visited : styles.node;
        return (
          <g key={node.id} className={`${look} ${styles[node.mark.tone]}`} transform={`translate(${node.x - NODE.width / 2} ${node.y - NODE.height / 2})`}>
            <rect width={NODE.width} height={NODE.height} rx={6} />
            <Icon x={9} y={7.5} width={13} height={13} strokeWidth={2.25} aria-hidden />
            <text x={27} y={18}>
              {node.mark.word}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
