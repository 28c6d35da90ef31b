import { request, type IncomingMessage } from 'node:http';

type Message = Readonly<Record<string, unknown>> & { readonly type: string };

/** A reader of an event stream that keeps what it hears until a test asks for it. */
export interface TestStream {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** The body of an answer that is no stream. */
  readonly body: () => Promise<unknown>;
  /** The next message of a type; others before it are dropped. */
  next(type: string): Promise<Message>;
  /** The newest `id:`. */
  lastEventId(): string;
  /** How many comments came. */
  comments(): number;
  readonly response: IncomingMessage;
  readonly closed: Promise<void>;
  close(): void;
}

/** Opens `/v1/live/events?…` and reads it by the rules of the HTML standard. */
export async function openStream(url: string, headers: Readonly<Record<string, string>> = {}): Promise<TestStream> {
  const asking = request(url, { headers });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asking.once('response', resolve).once('error', reject).end();
  });
  const heard: Message[] = [];
  let [text, id, comments] = ['', '', 0];
  let wake: () => void = () => undefined;
  const take = (block: string) => {
    if (block.startsWith(':')) comments += 1;
    const fields = block.split('\n').map((line) => /^(\w*): ?(.*)$/.exec(line) ?? []);
    for (const [, name, value = ''] of fields) {
      if (name === 'id') id = value;
      if (name === 'data') heard.push(JSON.parse(value) as Message);
    }
    wake();
  };
  const isStream = response.headers['content-type'] === 'text/event-stream';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (!isStream) return;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    blocks.forEach(take);
  });
  response.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    response,
    async body() {
      await closed;
      return JSON.parse(text) as unknown;
    },
    async next(type) {
      for (;;) {
        const found = heard.findIndex((message) => message.type === type);
        if (found !== -1) return heard.splice(0, found + 1).at(-1)!;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    lastEventId: () => id,
    comments: () => comments,
    closed,
    close: () => response.destroy(),
  };
}
