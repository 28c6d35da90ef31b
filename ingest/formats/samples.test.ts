import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { schemaFault } from './epcis-schema.ts';
import { FORMATS } from './formats.ts';
import { readSample, readSamples, sampleTable } from './sample-table.ts';
import { testContext } from './test-context.ts';

const samples = readSamples();
const ofFormat = (format: string): typeof samples => samples.filter((sample) => sample.format === format);

test('the table of ingest/README.md says what every sample becomes', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(unpadded(readme)).toContain(unpadded(sampleTable()));
});

/** A formatter may align the columns of a table. */
const unpadded = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');

test('47 of 47 official EPCIS examples conform to the schema and are read, none is refused', () => {
  const examples = ofFormat('epcis');
  expect(examples).toHaveLength(47);
  for (const example of examples) {
    const { path } = example;
    const fault = schemaFault(JSON.parse(Buffer.from(example.bytes).toString('utf8')));
    const { events, ignored, refused } = readSample(example);
    const says = events.length + ignored > 0;
    expect({ path, fault, refused, says }).toEqual({ path, fault: undefined, refused: [], says: true });
  }
});

test('[FD9] the original of every event of every sample reads as that event again', () => {
  for (const sample of samples) {
    const { path } = sample;
    for (const { event, original, place } of readSample(sample).events) {
      const again = FORMATS[sample.format](Buffer.from(original()), testContext({ format: sample.format }));
      const events = again.events.map((one) => one.event);
      expect({ path, place, events, refused: again.refused }).toEqual({
        path,
        place,
        events: expect.arrayContaining([event]),
        refused: [],
      });
    }
  }
});

test('[FD9] the original of every refused sample is refused for the same reason again', () => {
  for (const sample of samples) {
    for (const { original, code } of readSample(sample).refused) {
      const again = FORMATS[sample.format](Buffer.from(original), testContext({ format: sample.format }));
      expect({ path: sample.path, code: again.refused[0]?.code }).toEqual({ path: sample.path, code });
    }
  }
});

test('every X12 sample is read, ignored or refused with a reason, as its name says', () => {
  for (const sample of ofFormat('x12')) {
    const { path } = sample;
    const { events, ignored, refused } = readSample(sample);
    const is = events.length > 0 ? 'read' : ignored > 0 ? 'ignored' : refused.length > 0 ? 'refused' : 'empty';
    expect({ path, is }).toEqual({ path, is: namedAs(path) ?? is });
    // Only 856-1 says nothing at all: a ship notice without items.
    expect({ path, empty: is === 'empty' }).toEqual({ path, empty: path.endsWith('from-test_856-1.edi') });
  }
});

function namedAs(path: string): string | undefined {
  if (/wrong\.(ISA|GS)|missing\.ISA|no\.delim|dex\./.test(path)) return 'refused';
  if (/\/(850|po850|004010_850|856|asn856|004060_856)[^/]*\.(edi|txt)$/.test(path)) return 'read';
  return undefined;
}
