import type { Format, FormatContext, FormatResult } from '../source.ts';
import { readEpcisEvent } from './epcis-event.ts';
import type { Json } from './epcis-event.ts';
import { schemaFault } from './epcis-schema.ts';
import { Gather, refuseWhole } from './gather.ts';
import { forbiddenIn, parseJson } from './json-keys.ts';
import { Clock } from './local-time.ts';
import { jsonText, readText } from './text.ts';

/**
 * GS1 EPCIS 2.0 JSON-LD: an EPCISDocument, an EPCISQueryDocument or a single event, checked against GS1's schema.
 * Where a document fails it, each event is checked alone in the document's envelope: the good ones count.
 */
export const readEpcis: Format = (bytes, context) => {
  const read = readText(bytes);
  if (!('text' in read)) return refuseWhole(read.code, read.message, read.original);
  const { text } = read;
  if (text.trim() === '') return new Gather().result();
  const parsed = parseJson(text);
  if ('code' in parsed) return refuseWhole(parsed.code, parsed.message, text);
  const document = parsed.value;
  const forbidden = forbiddenIn(document);
  if (forbidden !== undefined) {
    return refuseWhole('forbidden-key', `the key ${forbidden} is never taken from input`, text);
  }
  const fault = schemaFault(document);
  const envelope = envelopeOf(document);
  if (fault === undefined && envelope !== undefined) return readEvents(envelope, () => undefined, context);
  // Without an event to check alone, the fault is the envelope's.
  if (fault === undefined || envelope === undefined || envelope.events.length === 0) {
    return refuseWhole('schema-violated', `not EPCIS 2.0: ${fault ?? 'the document holds no events'}`, text);
  }
  return readEvents(envelope, (event) => schemaFault(envelope.wrap(event)), context);
};

interface Envelope {
  readonly events: readonly unknown[];
  /** The same document around one event. */
  readonly wrap: (event: unknown) => object;
}

function envelopeOf(document: unknown): Envelope | undefined {
  if (!isJson(document)) return undefined;
  const body = document['epcisBody'];
  if (!isJson(body)) {
    const type = document['type'];
    const alone = typeof type === 'string' && type.endsWith('Event');
    return alone ? { events: [document], wrap: () => document } : undefined;
  }
  if (Array.isArray(body['eventList'])) {
    return { events: body['eventList'], wrap: (event) => ({ ...document, epcisBody: { eventList: [event] } }) };
  }
  const results = body['queryResults'];
  const inner = isJson(results) ? results['resultsBody'] : undefined;
  if (!isJson(results) || !isJson(inner) || !Array.isArray(inner['eventList'])) return undefined;
  const wrap = (event: unknown): object => ({
    ...document,
    epcisBody: { ...body, queryResults: { ...results, resultsBody: { ...inner, eventList: [event] } } },
  });
  return { events: inner['eventList'], wrap };
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readEvents(
  envelope: Envelope,
  faultOf: (event: unknown) => string | undefined,
  context: FormatContext,
): FormatResult {
  const gather = new Gather();
  const clock = new Clock(context);
  for (const [index, event] of envelope.events.entries()) {
    const place = `event[${index}]`;
    const original = (): string => jsonText(envelope.wrap(event));
    const fault = faultOf(event);
    const made =
      fault === undefined
        ? readEpcisEvent(event as Json, context, clock)
        : { code: 'schema-violated', message: `not EPCIS 2.0: ${fault}` };
    if (made === 'ignored') gather.ignored += 1;
    else if (!('code' in made)) for (const one of made) gather.events.push({ event: one, place, original });
    else if (!gather.refuse({ ...made, place, original: original() })) {
      gather.stop(`event[${index + 1}]`, '');
      break;
    }
  }
  for (const { words, times } of clock.warnings()) gather.warn(words, times);
  return gather.result();
}
