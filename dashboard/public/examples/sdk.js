import { Connection, followStock, liveUrl, realEnvironment } from '/onhand-sdk.js';

const table = document.querySelector('#numbers');
const rows = new Map();
for (const sku of table.dataset.skus.split(' ')) {
  const row = table.tBodies[0].insertRow();
  rows.set(sku, [row.insertCell(), row.insertCell(), row.insertCell()]);
  rows.get(sku)[0].textContent = sku;
}

const connection = new Connection({ url: liveUrl(location.origin) }, realEnvironment());
followStock(connection, [...rows.keys()], {}, (sku, state) => {
  const [, band, units] = rows.get(sku);
  band.textContent = state.phase === 'known' ? state.entry.d.band : state.phase;
  units.textContent = state.phase === 'known' ? (state.entry.d.units ?? 'not shown') : '';
});
connection.onLink(({ state, way }) => {
  document.querySelector('#link').textContent = `The link is ${state}, by ${way}.`;
});
connection.start();
