// The page of the graph preview: shows the picture it is sent, moves and scales it, and says which node was chosen.

import type { ToPage, ToPanel } from './shape';

declare function acquireVsCodeApi(): { postMessage(message: ToPanel): void; getState(): View | undefined; setState(state: View): void };

interface View {
  x: number;
  y: number;
  scale: number;
}

const api = acquireVsCodeApi();
const stage = document.getElementById('stage') as HTMLElement;
const picture = document.getElementById('picture') as HTMLElement;
const notice = document.getElementById('notice') as HTMLElement;
const title = document.getElementById('title') as HTMLElement;
const look = document.getElementById('look') as HTMLElement;

let view: View = api.getState() ?? { x: 0, y: 0, scale: 1 };
/** Whose graph is shown: another workflow is fitted anew, the same one stays where it is. */
let shown: string | undefined;

function place(next: View): void {
  view = next;
  picture.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  api.setState(view);
}

function fit(): void {
  const svg = picture.querySelector('svg');
  if (!svg) {
    return;
  }
  const [width, height] = [svg.width.baseVal.value, svg.height.baseVal.value];
  const scale = Math.min(1.25, stage.clientWidth / width, stage.clientHeight / height);
  place({ x: (stage.clientWidth - width * scale) / 2, y: Math.max(0, (stage.clientHeight - height * scale) / 2), scale });
}

function zoom(factor: number, x = stage.clientWidth / 2, y = stage.clientHeight / 2): void {
  const scale = Math.min(4, Math.max(0.1, view.scale * factor));
  const by = scale / view.scale;
  place({ x: x - (x - view.x) * by, y: y - (y - view.y) * by, scale });
}

function node(target: EventTarget | null): string | undefined {
  return target instanceof Element ? (target.closest('[data-node]')?.getAttribute('data-node') ?? undefined) : undefined;
}

function highlight(id: string | undefined): void {
  picture.querySelectorAll('.node').forEach((it) => it.classList.toggle('current', it.getAttribute('data-node') === id));
  picture.querySelectorAll('.edge').forEach((it) => {
    const touches = id !== undefined && (it.getAttribute('data-from') === id || it.getAttribute('data-to') === id);
    it.classList.toggle('current', touches);
  });
}

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.type === 'graph') {
    const focus = node(document.activeElement);
    // Rules go into an element that the page's policy knows; what came with the picture itself would be refused.
    look.textContent = data.style;
    picture.innerHTML = data.svg;
    title.textContent = data.title;
    notice.hidden = true;
    if (shown !== data.title) {
      shown = data.title;
      fit();
    }
    if (focus !== undefined) {
      picture.querySelector<SVGElement>(`[data-node="${CSS.escape(focus)}"]`)?.focus();
    }
  } else if (data.type === 'notice') {
    notice.textContent = data.text;
    notice.hidden = false;
  } else {
    highlight(data.id);
  }
});

let drag: { x: number; y: number; moved: boolean } | undefined;
stage.addEventListener('pointerdown', (event) => (drag = { x: event.clientX, y: event.clientY, moved: false }));
window.addEventListener('pointermove', (event) => {
  if (drag && event.buttons === 1) {
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (drag.moved || Math.hypot(dx, dy) > 3) {
      place({ ...view, x: view.x + dx, y: view.y + dy });
      drag = { x: event.clientX, y: event.clientY, moved: true };
    }
  }
});
stage.addEventListener('click', (event) => {
  const id = node(event.target);
  if (id !== undefined && !drag?.moved) {
    api.postMessage({ type: 'open', id });
  }
});
stage.addEventListener('keydown', (event) => {
  const id = node(event.target);
  if (id !== undefined && (event.key === 'Enter' || event.key === ' ')) {
    event.preventDefault();
    api.postMessage({ type: 'open', id });
  }
});
stage.addEventListener(
  'wheel',
  (event) => {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) {
      zoom(Math.exp(-event.deltaY / 200), event.offsetX, event.offsetY);
    } else {
      place({ ...view, x: view.x - event.deltaX, y: view.y - event.deltaY });
    }
  },
  { passive: false },
);
document.getElementById('fit')?.addEventListener('click', fit);
document.getElementById('larger')?.addEventListener('click', () => zoom(1.25));
document.getElementById('smaller')?.addEventListener('click', () => zoom(0.8));

place(view);
api.postMessage({ type: 'ready' });
