import { writeFileSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';

// Cuts the bundled invoices out of the whole data set, which README.md names: the rows before a day, as they stand.
//
//   node ingest/samples/build-invoices.ts --from online_retail.csv.gz

/** First day that is left out: four months are 2 MB, and hold every kind of row but the bookings of bad debt. */
const BEFORE = '2011-04-01';
const DATE = /,(\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d,/;

const { values } = parseArgs({ options: { from: { type: 'string' } } });
if (values.from === undefined) throw new Error('--from must name the whole data set, a gzipped CSV');
const [header = '', ...rows] = gunzipSync(readFileSync(values.from)).toString('utf8').trimEnd().split('\n');
const kept = rows.filter((row) => (DATE.exec(row)?.[1] ?? BEFORE) < BEFORE);
const bytes = gzipSync(`${[header, ...kept].join('\n')}\n`, { level: 9 });
writeFileSync(new URL('./data/invoices.csv.gz', import.meta.url), bytes);
console.log(`${kept.length} rows, ${bytes.length} bytes`);
