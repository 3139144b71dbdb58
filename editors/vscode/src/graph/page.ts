// The page of the graph preview. The picture and its rules are the server's (`src/plan/graph/svg.css`); its colours are the theme's.

export function page(script: string, source: string, nonce: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}' ${source}; script-src 'nonce-${nonce}';">
<style nonce="${nonce}" id="look"></style>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<header><span id="title"></span><span class="tools">
<button id="smaller" title="Smaller" aria-label="Smaller">−</button><button id="larger" title="Larger" aria-label="Larger">+</button><button id="fit" title="Fit into the window">fit</button>
</span></header>
<div id="stage"><div id="picture"></div><div id="notice" hidden></div></div>
<footer><span class="key data">uses</span><span class="key after">after</span><span class="key effect">keeps its place</span></footer>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}

const STYLE = `
html, body { height: 100%; margin: 0; padding: 0; overflow: hidden; }
body { display: flex; flex-direction: column; color: var(--vscode-editor-foreground); background: var(--vscode-editor-background); font-family: var(--vscode-font-family); font-size: 12px; }
header, footer { display: flex; align-items: center; gap: 14px; padding: 4px 10px; min-height: 22px; }
header { justify-content: space-between; font-weight: 600; }
button { color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); border: 0; border-radius: 3px; margin-left: 4px; min-width: 24px; padding: 2px 7px; cursor: pointer; }
button:hover { background: var(--vscode-button-secondaryHoverBackground); }
#stage { position: relative; flex: 1; overflow: hidden; cursor: grab; }
#picture { position: absolute; transform-origin: 0 0; }
#notice { position: absolute; inset: 0 0 auto 0; padding: 6px 10px; background: var(--vscode-editorWidget-background); color: var(--vscode-descriptionForeground); }
#notice[hidden] { display: none; }
#picture .agentflow-graph {
  display: block; font-family: var(--vscode-font-family);
  --af-canvas: var(--vscode-editor-background); --af-text: var(--vscode-editor-foreground); --af-dim: var(--vscode-descriptionForeground);
  --af-line: var(--vscode-descriptionForeground); --af-node: var(--vscode-editorWidget-background);
  --af-border: var(--vscode-editorWidget-border, var(--vscode-panel-border)); --af-group-border: color-mix(in srgb, var(--vscode-descriptionForeground) 45%, transparent);
  --af-agent: var(--vscode-charts-purple); --af-rubric: var(--vscode-charts-green); --af-tool: var(--vscode-charts-orange);
  --af-workflow: var(--vscode-charts-blue); --af-ask: var(--vscode-charts-yellow); --af-stop: var(--vscode-charts-red);
}
#picture .node, #picture .head { cursor: pointer; }
#picture .node:hover rect, #picture .node:focus rect, #picture .node.current rect { stroke: var(--vscode-focusBorder); stroke-width: 2; }
#picture .node:focus { outline: none; }
#picture .edge.current { stroke: var(--vscode-focusBorder); stroke-width: 2; }
.key { color: var(--vscode-descriptionForeground); }
.key::before { content: ''; display: inline-block; width: 22px; margin-right: 5px; vertical-align: middle; border-top: 2px solid currentColor; }
.key.after::before { border-top-style: dashed; }
.key.effect::before { border-top-style: dotted; }
`;
