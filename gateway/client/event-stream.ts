/** Characters of one event at most: the snapshot of 100 keys has some 60,000. */
const EVENT_CHARS_MAX = 1_000_000;

export interface StreamEvent {
  readonly data: string;
  /** The last id the stream named, '' before the first. */
  readonly id: string;
}

/**
 * Reads `text/event-stream` as the HTML standard says: lines end with LF, CR or CRLF, `data` lines add up, a blank line
 * ends the event, comments and unknown fields are skipped. The text may be cut anywhere between two calls.
 * Throws when one event grows beyond 1,000,000 characters.
 */
export function eventReader(take: (event: StreamEvent) => void): (text: string) => void {
  let rest = '';
  let data: string[] = [];
  let chars = 0;
  let id = '';

  const takeLine = (line: string): void => {
    const [name = '', ...after] = line.split(':');
    const value = after.join(':').replace(/^ /, '');
    if (name === 'id') id = value;
    if (name === 'data') {
      data.push(value);
      chars += value.length;
    }
    if (line !== '' || data.length === 0) return;
    const whole = data.join('\n');
    data = [];
    chars = 0;
    take({ data: whole, id });
  };

  return (text) => {
    // A CR at the very end may be the first half of a CRLF.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) takeLine(line);
    if (rest.length + chars > EVENT_CHARS_MAX) throw new Error('an event of the stream is too long');
  };
}
