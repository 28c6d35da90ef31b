import { Gather } from '../formats/gather.ts';
import type { RefusedPart } from '../source.ts';
import { tryRead } from './fields.ts';
import type { Refusal } from './fields.ts';
import type { OrderReading, ReadMessage } from './source.ts';

/** What an order format collects while it reads, with the bounds of the other formats on what is refused. */
export class OrderGather {
  readonly messages: ReadMessage[] = [];
  readonly parts = new Gather();

  /** Reads one part of a body; a fault in it is refused with its place, and the other parts still count. False: stop. */
  take(
    place: string,
    original: () => string,
    read: () => readonly ReadMessage['message'][] | Refusal | { readonly ignored: string },
  ): boolean {
    const made = tryRead(read);
    if ('code' in made) return this.parts.refuse({ ...made, place, original: original() });
    if ('ignored' in made) this.ignore(made.ignored);
    else for (const message of made) this.add({ message, place, original });
    return true;
  }

  add(read: Omit<ReadMessage, 'refusedBefore'>): void {
    this.messages.push({ ...read, refusedBefore: this.parts.refused.length });
  }

  ignore(reason: string): void {
    this.parts.ignored += 1;
    this.parts.warn(`ignored: ${reason}`);
  }

  refuseWhole(code: string, message: string, original: string): OrderReading {
    const part: RefusedPart = { code, message, place: 'whole body', original };
    this.parts.refuse(part);
    return this.result();
  }

  result(): OrderReading {
    const { events, refused, ignored, warnings } = this.parts.result();
    return { messages: this.messages, events, refused, ignored, warnings };
  }
}
