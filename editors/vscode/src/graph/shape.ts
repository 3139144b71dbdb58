// What the server answers to `agentflow/graph`: a workflow with the places of everything in it.

export interface Range {
  start: { line: number; character: number };
  end: { line: number; character: number };
}

export interface GraphNode {
  id: string;
  label: string;
  detail: string;
  kind: string;
  /** The group that it is in. */
  parent: string | null;
  x: number;
  y: number;
  width: number;
  height: number;
  range: Range;
}

export interface GraphGroup {
  id: string;
  label: string;
  kind: string;
  /** The group that it is in. */
  parent: string | null;
  x: number;
  y: number;
  width: number;
  height: number;
  range: Range;
}

export interface GraphEdge {
  from: string;
  to: string;
  kind: 'data' | 'after' | 'effect';
  points: [number, number][];
}

export interface Graph {
  workflow: string;
  width: number;
  height: number;
  nodes: GraphNode[];
  groups: GraphGroup[];
  edges: GraphEdge[];
  /** The picture; every node and head of a group has `data-node`, every edge `data-from` and `data-to`. */
  svg: string;
  /** How it looks: rules whose colours are variables. */
  style: string;
}

/** What the panel tells its page, and the page the panel. */
export type ToPage = { type: 'graph'; title: string; svg: string; style: string } | { type: 'notice'; text: string } | { type: 'current'; id: string | undefined };
export type ToPanel = { type: 'ready' } | { type: 'open'; id: string };
