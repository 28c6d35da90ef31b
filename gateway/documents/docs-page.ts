import { marked } from 'marked';
import { escaped, example, LIVE, operationHtml, ORIGIN, words } from './operation-html.ts';
import type { OpenApi } from './open-api.ts';
import type { Operation } from './operation.ts';
import { DOCS_STYLES } from './docs-styles.ts';
import { TAGS } from './route-document.ts';

export interface DocsSources {
  readonly openApi: OpenApi;
  /** The text of PROTOCOL.md. */
  readonly protocol: string;
}

/** `/docs` for people: one page, readable without its script, which only copies examples. */
export function docsPage({ openApi, protocol }: DocsSources): string {
  const operations = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const tags = Object.keys(TAGS).map((tag) => ({
    tag,
    about: TAGS[tag as keyof typeof TAGS],
    operations: operations.filter(({ operation }) => operation.tags?.includes(tag)),
  }));
  const shown = tags.filter((one) => one.operations.length > 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Onhand: HTTP and live protocol</title>
<link rel="icon" href="data:,">
<style>${DOCS_STYLES}</style>
<script src="/docs.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>Onhand</h1>
<p>HTTP and live protocol. For programs: <a href="/openapi.json">OpenAPI 3.1</a>, <a href="/asyncapi.yaml">AsyncAPI 3</a>.</p>
</header>
<div class="columns">
<nav aria-label="Sections">
<ul>
<li><a href="#start">Start here</a></li>
${shown.map(navigation).join('\n')}
<li><a href="#protocol">Websocket protocol</a></li>
</ul>
</nav>
<main id="content">
<section id="start">
<h2>Start here</h2>
<p>${words(openApi.info.description ?? '')}</p>
${START}
</section>
${shown.map(section).join('\n')}
<section id="protocol">
${protocolHtml(protocol)}
</section>
</main>
</div>
<p id="said" class="hidden" role="status"></p>
</body>
</html>
`;
}

interface Shown {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

interface Section {
  readonly tag: string;
  readonly about: string;
  readonly operations: readonly Shown[];
}

function navigation({ tag, operations }: Section): string {
  const items = operations.map(({ method, path, operation }) => {
    const name = `<span class="method">${method}</span> ${escaped(path)}`;
    return `<li><a href="#${operation.operationId}">${name}</a></li>`;
  });
  return `<li><details><summary>${tag}</summary><ul>${items.join('')}</ul></details></li>`;
}

function section({ tag, about, operations }: Section): string {
  return `<section id="${tag}">
<h2>${tag[0]!.toUpperCase()}${tag.slice(1)}</h2>
<p>${escaped(about)}.</p>
${operations.map(({ method, path, operation }) => operationHtml(method, path, operation)).join('\n')}
</section>`;
}

/** The first heading of PROTOCOL.md becomes a section's, all others a level less; rules can be linked to. */
function protocolHtml(protocol: string): string {
  let tables = 0;
  let messages = 0;
  const html = marked.parse(protocol, { async: false }) as string;
  return html
    .replaceAll(/<(\/?)h([1-5])/g, (_, slash: string, level: string) => `<${slash}h${Number(level) + 1}`)
    .replaceAll(/<li><strong>([A-Z]{2}\d+)<\/strong>/g, '<li id="$1"><a class="rule" href="#$1">$1</a>')
    .replaceAll(/href="#8-not-yet"/g, 'href="#protocol"')
    .replaceAll('<table>', () => `<div class="wide" role="region" aria-label="Table ${++tables}" tabindex="0"><table>`)
    .replaceAll('</table>', '</table></div>')
    .replaceAll('<pre>', () => `<pre role="region" aria-label="Messages ${++messages}" tabindex="0">`);
}

const START = [
  example('What a product page shows, in the shell', `curl -s ${ORIGIN}/v1/stock/MILK-1`),
  example(
    'Hold two for ten minutes, with a key',
    `curl -s ${ORIGIN}/v1/reservations \\
  -H "Authorization: Bearer $KEY" \\
  -H 'Content-Type: application/json' \\
  -H 'Idempotency-Key: order-4711' \\
  -d '{"channel":"web","lines":[{"sku":"MILK-1","units":2,"group":"all"}],"holdMs":600000}'`,
  ),
  example(
    'Live in a browser, without a library',
    `const socket = new WebSocket('${LIVE}', 'onhand.v1.json');
socket.onopen = () => socket.send(JSON.stringify({ type: 'subscribe', id: 1, ch: 'stock', keys: ['MILK-1'] }));
socket.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if (message.type === 'subscribed') message.snap.forEach(({ k, d }) => console.log(k, d.band));
  if (message.type === 'update') console.log(message.k, message.d.band);
};`,
  ),
  example(
    'Live where websockets are blocked',
    `const events = new EventSource('${ORIGIN}/v1/live/events?ch=stock&key=MILK-1');
events.onmessage = ({ data }) => console.log(JSON.parse(data));`,
  ),
].join('\n');
