import { COMPONENTS, type JsonSchema } from './json-schema.ts';
import type { Operation, Parameter } from './operation.ts';

/** One route as people read it. */
export function operationHtml(method: string, path: string, operation: Operation): string {
  const { operationId = '', summary = '', description = '', parameters = [], responses } = operation;
  const rows = Object.entries(responses).map(([status, { description: about, content = {} }]) => {
    const bodies = Object.entries(content).map(([type, { schema }]) => bodyName(type, schema));
    return `<tr><th scope="row">${status}</th><td>${words(about)}</td><td>${bodies.join(', ')}</td></tr>`;
  });
  return `<article id="${operationId}">
<h3><span class="method">${method}</span> <code>${escaped(path)}</code></h3>
<p><strong>${escaped(summary)}.</strong> ${description === `${summary}.` ? '' : words(description)}</p>
${parameterTable(`${method} ${path}`, parameters)}
${example(`${method} ${path}, in the shell`, curlOf(method, path, operation))}
<details><summary>Answers of ${method} ${escaped(path)}</summary>
${wide(`Answers of ${method} ${path}`, `<thead><tr><th scope="col">status</th><th scope="col">meaning</th><th scope="col">body</th></tr></thead><tbody>${rows.join('')}</tbody>`)}
</details>
</article>`;
}

/** The script puts the reader's own addresses in place of these. */
export const ORIGIN = 'http://localhost:8080';
export const LIVE = 'ws://localhost:8080/v1/live';

/** A text to copy. */
export function example(label: string, code: string): string {
  const named = escaped(label);
  return `<figure><figcaption>${named}</figcaption>
<button type="button" class="copy" hidden aria-label="Copy: ${named}">Copy</button>
<pre tabindex="0" role="region" aria-label="${named}"><code>${escaped(code)}</code></pre></figure>`;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** With `code` as code. */
export function words(text: string): string {
  return escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function parameterTable(route: string, parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(({ name, in: where, required, description = '' }) => {
    const must = required === true ? ' (required)' : '';
    return `<tr><th scope="row"><code>${escaped(name)}</code></th><td>${where}${must}</td><td>${words(description)}</td></tr>`;
  });
  const head = '<tr><th scope="col">parameter</th><th scope="col">in</th><th scope="col">meaning</th></tr>';
  return wide(`Parameters of ${route}`, `<thead>${head}</thead><tbody>${rows.join('')}</tbody>`);
}

function wide(label: string, rows: string): string {
  return `<div class="wide" role="region" aria-label="${escaped(label)}" tabindex="0"><table>${rows}</table></div>`;
}

function bodyName(type: string, schema: JsonSchema): string {
  if (type !== 'application/json') return escaped(type);
  const choices = (schema['anyOf'] ?? [schema]) as readonly JsonSchema[];
  const names = choices.map(({ $ref }) => (typeof $ref === 'string' ? $ref.slice(COMPONENTS.length) : 'object'));
  return `<code>${escaped([...new Set(names)].join(' | '))}</code>`;
}

/** What to type: required parameters by their examples, the body by its own. */
function curlOf(method: string, path: string, operation: Operation): string {
  const { parameters = [], requestBody, security = [] } = operation;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    return String(parameters.find((one) => one.in === 'path' && one.name === name)?.example ?? name);
  });
  const query = parameters.filter((one) => one.in === 'query' && one.required === true);
  const asked = query.map(({ name, example: value = '' }) => `${name}=${encodeURIComponent(String(value))}`).join('&');
  const lines = [
    `curl -s ${method === 'GET' ? '' : `-X ${method} `}'${ORIGIN}${filled}${asked === '' ? '' : `?${asked}`}'`,
  ];
  if ('key' in (security[0] ?? {})) lines.push(`-H "Authorization: Bearer $KEY"`);
  for (const one of parameters) {
    if (one.in === 'header' && one.required === true) lines.push(`-H '${one.name}: ${String(one.example)}'`);
  }
  const [content] = Object.entries(requestBody?.content ?? {});
  if (content !== undefined) {
    const [type, { example: body }] = content;
    if (type === 'application/json') lines.push(`-H 'Content-Type: application/json'`);
    lines.push(`-d '${typeof body === 'string' ? body : JSON.stringify(body)}'`);
  }
  return lines.join(' \\\n  ');
}
