// The page of the graph preview. Colours are the theme's.

export function page(script: string, source: string, nonce: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}' ${source}; script-src 'nonce-${nonce}';">
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
svg { display: block; font-family: var(--vscode-font-family); }
.node { cursor: pointer; --kind: var(--vscode-charts-foreground); }
.node rect { fill: var(--vscode-editorWidget-background); stroke: var(--vscode-editorWidget-border, var(--vscode-panel-border)); stroke-width: 1; }
.node .edge-mark { fill: var(--kind); stroke: none; }
.node .label { fill: var(--vscode-editor-foreground); font-size: 13px; font-weight: 600; }
.node .detail { fill: var(--vscode-descriptionForeground); font-size: 11px; }
.node:hover rect, .node:focus rect, .node.current rect { stroke: var(--vscode-focusBorder); stroke-width: 2; }
.node:focus { outline: none; }
.node:hover .edge-mark, .node:focus .edge-mark, .node.current .edge-mark { stroke: none; }
.node.agent, .node.prompt { --kind: var(--vscode-charts-purple); }
.node.rubric, .node.review { --kind: var(--vscode-charts-green); }
.node.tool { --kind: var(--vscode-charts-orange); }
.node.workflow { --kind: var(--vscode-charts-blue); }
.node.ask { --kind: var(--vscode-charts-yellow); }
.node.fail, .node.require { --kind: var(--vscode-charts-red); }
.group rect { fill: var(--vscode-editor-foreground); fill-opacity: 0.035; stroke: var(--vscode-descriptionForeground); stroke-opacity: 0.45; stroke-width: 1; }
.group.when rect, .group.case rect { stroke-dasharray: 6 3; }
.group text { fill: var(--vscode-descriptionForeground); font-size: 11px; }
.edge { fill: none; stroke: var(--vscode-descriptionForeground); stroke-opacity: 0.7; stroke-width: 1.3; }
.edge.after { stroke-dasharray: 6 4; }
.edge.effect { stroke-dasharray: 1.5 4; stroke-linecap: round; }
.edge.current { stroke: var(--vscode-focusBorder); stroke-opacity: 1; stroke-width: 2; }
.arrow { fill: var(--vscode-descriptionForeground); }
.key { color: var(--vscode-descriptionForeground); }
.key::before { content: ''; display: inline-block; width: 22px; margin-right: 5px; vertical-align: middle; border-top: 2px solid currentColor; }
.key.after::before { border-top-style: dashed; }
.key.effect::before { border-top-style: dotted; }
`;
