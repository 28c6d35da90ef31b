import type { MessagePort } from 'node:worker_threads';

import type { ParseReply, ParseRequest } from './parse-task.ts';

export class TooSlow extends Error {}

/** One question at a time to the thread that holds the body, each with a time limit. */
export class Line {
  private readonly port: MessagePort;
  private readonly act: { readonly abort: () => void; readonly closed: () => void };
  private waiting: { take: (reply: ParseReply) => void; fail: (error: unknown) => void } | undefined;
  private early: ParseReply | undefined;
  private ended: { readonly error: unknown } | undefined;

  constructor(port: MessagePort, act: { readonly abort: () => void; readonly closed: () => void }) {
    this.port = port;
    this.act = act;
    port.on('message', (reply: ParseReply) => {
      const { waiting } = this;
      this.waiting = undefined;
      // Only `read` may come unasked, right behind `started`.
      if (waiting === undefined) this.early = reply;
      else waiting.take(reply);
    });
  }

  ask<Give extends ParseReply['give']>(
    request: ParseRequest,
    give: Give,
    timeoutMs: number,
  ): Promise<Extract<ParseReply, { give: Give }>> {
    const reply = this.expect(give, timeoutMs);
    this.port.postMessage(request);
    return reply;
  }

  async expect<Give extends ParseReply['give']>(
    give: Give,
    timeoutMs: number,
  ): Promise<Extract<ParseReply, { give: Give }>> {
    const { ended } = this;
    if (ended !== undefined) throw ended.error;
    let timer: NodeJS.Timeout | undefined;
    const { early } = this;
    this.early = undefined;
    const reply =
      early ??
      (await new Promise<ParseReply>((take, fail) => {
        this.waiting = { take, fail };
        timer = setTimeout(() => {
          // The thread may be in an endless loop: only ending it helps.
          this.act.abort();
          fail(new TooSlow());
        }, timeoutMs);
      }).finally(() => clearTimeout(timer)));
    if (reply.give !== give) throw new Error(`asked a parse thread for ${give}, got ${reply.give}`);
    return reply as Extract<ParseReply, { give: Give }>;
  }

  end(error: unknown): void {
    this.ended ??= { error };
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.fail(error);
  }

  close(): void {
    this.port.close();
    this.act.closed();
  }
}
