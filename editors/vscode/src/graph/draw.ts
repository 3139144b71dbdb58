// A graph as SVG. Colours are left to the page's style, so that it follows the editor's theme.

import type { Graph, GraphEdge, GraphGroup, GraphNode } from './shape';

/** Around the picture, in the graph's own units. */
const MARGIN = 16;
/** How round the corners of an edge are. */
const BEND = 8;

export function draw(graph: Graph): string {
  const width = graph.width + 2 * MARGIN;
  const height = graph.height + 2 * MARGIN;
  // Groups are drawn from the outside in, edges over them, nodes on top.
  const groups = [...graph.groups].sort((a, b) => b.width * b.height - a.width * a.height);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(`graph of ${graph.workflow}`)}">`,
    '<defs>',
    ...(['data', 'after', 'effect'] as const).map(arrow),
    '</defs>',
    ...groups.map(drawGroup),
    ...graph.edges.map(drawEdge),
    ...graph.nodes.map(drawNode),
    '</svg>',
  ].join('\n');
}

function arrow(kind: string): string {
  return `<marker id="arrow-${kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path class="arrow ${kind}" d="M0 0.5 7.5 4 0 7.5z"/></marker>`;
}

function drawGroup(group: GraphGroup): string {
  return `<g class="group ${word(group.kind)}"><rect x="${group.x}" y="${group.y}" width="${group.width}" height="${group.height}" rx="8"/><title>${escape(group.label)}</title><text x="${group.x + 10}" y="${group.y + 16}">${escape(fit(group.label, group.width - 16, 6))}</text></g>`;
}

function drawEdge(edge: GraphEdge): string {
  return `<path class="edge ${word(edge.kind)}" data-from="${escape(edge.from)}" data-to="${escape(edge.to)}" d="${route(edge.points)}" marker-end="url(#arrow-${word(edge.kind)})"/>`;
}

/** A line through the points, with rounded corners. */
export function route(points: [number, number][]): string {
  const [first, ...rest] = points;
  if (!first) {
    return '';
  }
  let path = `M${first[0]} ${first[1]}`;
  let from = first;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    if (next) {
      const near = toward(point, from);
      const far = toward(point, next);
      path += ` L${near[0]} ${near[1]} Q${point[0]} ${point[1]} ${far[0]} ${far[1]}`;
    } else {
      path += ` L${point[0]} ${point[1]}`;
    }
    from = point;
  });
  return path;
}

function toward(from: [number, number], to: [number, number]): [number, number] {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy) || 1;
  const step = Math.min(BEND, length / 2) / length;
  return [round(from[0] + dx * step), round(from[1] + dy * step)];
}

function drawNode(node: GraphNode): string {
  const middle = node.y + node.height / 2;
  const two = node.detail !== '';
  const label = `<text class="label" x="${node.x + 14}" y="${round(middle + (two ? -4 : 4))}">${escape(fit(node.label, node.width - 22, 7.2))}</text>`;
  const detail = two
    ? `<text class="detail" x="${node.x + 14}" y="${round(middle + 12)}">${escape(fit(node.detail, node.width - 22, 6))}</text>`
    : '';
  const title = escape(node.detail === '' ? node.label : `${node.label}: ${node.detail}`);
  return `<g class="node ${word(node.kind)}" data-node="${escape(node.id)}" tabindex="0" role="button" aria-label="${title}"><title>${title}</title><rect x="${node.x}" y="${node.y}" width="${node.width}" height="${node.height}" rx="5"/><rect class="edge-mark" x="${node.x}" y="${node.y}" width="5" height="${node.height}" rx="2"/>${label}${detail}</g>`;
}

/** As much of a text as has room. `letter` is about the width of one. */
function fit(text: string, width: number, letter: number): string {
  const room = Math.max(1, Math.floor(width / letter));
  const letters = [...text];
  return letters.length <= room ? text : `${letters.slice(0, room - 1).join('')}…`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** A kind as the name of a class: whatever the server says, it is one word. */
function word(kind: string): string {
  return kind.replace(/[^A-Za-z0-9_-]/g, '-');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);
}
