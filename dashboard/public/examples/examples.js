// Shows each example live and, below, its source: the markup of its template and the file of its script, as they are.

const items = await itemsOfServer();
document.querySelector('#empty').hidden = items.length > 0;
if (items.length > 0) for (const section of document.querySelectorAll('section:has(template)')) void show(section);

/** The item the address names, then others. */
async function itemsOfServer() {
  const wanted = new URLSearchParams(location.search).get('sku');
  const named = wanted === null ? [] : await search({ q: wanted, limit: '1' });
  const others = await search({ q: '', limit: '4' });
  return [...named, ...others.filter(({ sku }) => sku !== named[0]?.sku)].slice(0, 3);
}

async function search(query) {
  const response = await fetch(`/v1/items?${new URLSearchParams(query)}`);
  return response.ok ? (await response.json()).items : [];
}

async function show(section) {
  const markup = withItems(section.querySelector('template').innerHTML);
  const live = document.createElement('div');
  live.className = 'live';
  live.innerHTML = markup;
  section.append(live);
  const { script } = section.dataset;
  if (script !== undefined) await import(`/examples/${script}`);
  const code = script === undefined ? '' : await (await fetch(`/examples/${script}`)).text();
  const tag = code === '' ? '' : `\n<script type="module">\n${indented(code)}\n</script>`;
  const head = `<script type="module" src="${location.origin}/onhand.js"></script>\n`;
  section.append(source(`${head}${markup}${tag}`));
}

/** Real items in the place of their names, and the indent of the page taken off. */
function withItems(html) {
  const lines = html.replace(/^\s*\n|\s+$/g, '').split('\n');
  const indent = /^ */.exec(lines[0])[0].length;
  let text = lines.map((line) => line.slice(indent)).join('\n');
  text = text.replaceAll('NEAR', new URLSearchParams(location.search).get('near') ?? '39.96,-83.00');
  for (let number = 1; number <= 3; number++) {
    const item = items[(number - 1) % items.length];
    text = text.replaceAll(`SKU${number}`, attribute(item.sku)).replaceAll(`NAME${number}`, attribute(item.name));
    text = text.replaceAll(` scale="SCALE${number}"`, item.scale > 0 ? ` scale="${item.scale}"` : '');
  }
  return text;
}

function attribute(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function indented(code) {
  return code
    .trim()
    .replaceAll("'/onhand-sdk.js'", `'${location.origin}/onhand-sdk.js'`)
    .replaceAll('location.origin', `'${location.origin}'`)
    .replaceAll(/^(?=.)/gm, '  ');
}

function source(text) {
  const box = document.createElement('div');
  box.className = 'source';
  const pre = document.createElement('pre');
  pre.append(Object.assign(document.createElement('code'), { textContent: text }));
  box.append(pre);
  // Only pages that came safely may write to the clipboard.
  if (navigator.clipboard !== undefined) box.append(copyButton(text));
  return box;
}

function copyButton(text) {
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Copy' });
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(text).then(
      () => (button.textContent = 'Copied'),
      () => (button.textContent = 'Not allowed'),
    );
    setTimeout(() => (button.textContent = 'Copy'), 2_000);
  });
  return button;
}
