import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { FeedFormat } from '../../engine/contract/reference.ts';
import type { FormatResult } from '../source.ts';
import { FORMATS } from './formats.ts';
import { testContext } from './test-context.ts';

// Every real sample and what its format makes of it: the table of ingest/README.md, which a test compares.
// `node ingest/formats/sample-table.ts` prints it.

export interface Sample {
  /** Path under fixtures/, with forward slashes. */
  readonly path: string;
  readonly format: FeedFormat;
  readonly bytes: Uint8Array;
}

const FOLDERS: readonly { readonly folder: string; readonly format: FeedFormat }[] = [
  { folder: 'poslog', format: 'poslog' },
  { folder: 'epcis', format: 'epcis' },
  { folder: 'x12', format: 'x12' },
  { folder: 'shopify', format: 'shopify-inventory' },
];

export function readSamples(): readonly Sample[] {
  const root = fileURLToPath(new URL('./fixtures/', import.meta.url));
  return FOLDERS.flatMap(({ folder, format }) =>
    globSync(`${folder}/**/*.{xml,jsonld,edi,txt,json}`, { cwd: root })
      .map((path) => path.replaceAll('\\', '/'))
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map((path) => ({ path, format, bytes: readFileSync(`${root}/${path}`) })),
  );
}

export function readSample({ format, bytes }: Sample): FormatResult {
  return FORMATS[format](bytes, testContext({ format }));
}

export function sampleTable(): string {
  const rows = readSamples().map((sample) => rowOf(sample, readSample(sample)));
  return ['| sample | events | ignored | refused, or warned |', '| --- | ---: | ---: | --- |', ...rows].join('\n');
}

function rowOf({ path }: Sample, { events, ignored, refused, warnings }: FormatResult): string {
  const why = refused.map(({ code, message }) => `**${code}** ${quoted(message)}`);
  const said = [...why, ...warnings.map(quoted)].join('<br>');
  return `| \`${path}\` | ${events.length} | ${ignored} | ${said} |`;
}

/** As code, so that no character of a message means something in Markdown. */
function quoted(words: string): string {
  return `\`${words.replaceAll('|', '/').replaceAll('`', "'").replaceAll(/\s+/g, ' ')}\``;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(sampleTable());
