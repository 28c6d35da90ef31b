import type { Command, Outcome } from '../contract/command.ts';
import { digestHex } from '../contract/digest.ts';
import type { OrderChange } from '../contract/order.ts';
import type { Audit } from './audit.ts';
import type { HubFile } from './hub-file.ts';
import type { HubModel } from './hub-model.ts';
import { require, requireSame } from './violation.ts';

type Of<Name extends Command['do']> = Extract<Command, { do: Name }>;
type Refusal = Extract<Outcome, { status: 'refused' }>;

/** What a message may be refused as that is well formed; names may be unknown to a shard that was not told yet. */
const MESSAGE_NOS: readonly string[] = ['unknown-channel', 'unknown-group', 'unknown-node', 'unknown-reservation'];

/** What shops, staff and nodes were told of orders: nothing that is not durable. */
export class ToldHub {
  readonly #audit: Audit;

  constructor(audit: Audit) {
    this.#audit = audit;
  }

  message(shard: number, { message }: Of<'shop-message'>, outcome: Outcome): void {
    const { channel, channelOrderId, message: id } = message;
    const model = this.#audit.durable(shard) as HubModel;
    const file = model.find(channel, channelOrderId);
    const digest = digestHex(JSON.stringify(message));
    const early = model.early.get(`${channel} ${channelOrderId}`)?.messages ?? [];
    const isKept = early.some((each) => each.message === id);
    if (outcome.status === 'taken') {
      require(file?.id === outcome.order.id, () => `${channelOrderId} is told to be ${outcome.order.id}`);
      requireSame(file.messages.get(id), digest, () => `${id} of ${file.id} is told taken`);
      return this.#requireVersion(file, outcome.order.version);
    }
    if (outcome.status === 'kept-for-later')
      return require(isKept || file?.messages.has(id) === true, () => `${id} is told kept, that is not durable`);
    require(outcome.status === 'refused', () => `a message is told ${outcome.status}`);
    const { code } = outcome as Refusal;
    if (code !== 'id-reused') return require(MESSAGE_NOS.includes(code), () => `${id} is refused as ${code}`);
    const other = this.#audit.sent.messages(message).length > 1;
    require(other && (isKept || file?.messages.has(id) === true), () => `${id} never had other content`);
  }

  act({ order, by }: Of<'order-act'>, outcome: Outcome): void {
    const file = this.#audit.books.order(order);
    require(file !== undefined, () => `${order} is told of, that is not durable`);
    if (outcome.status === 'done' && 'order' in outcome) {
      require(file.acts.has(by.key), () => `${by.key} is told done, that is not durable`);
      return this.#requireVersion(file, outcome.order.version);
    }
    require(outcome.status === 'refused', () => `an act is told ${outcome.status}`);
    const isReused = this.#audit.sent.acts(order, by.key).length > 1;
    require((outcome as Refusal).code !== 'key-reused' || isReused, () => `${by.key} never had other content`);
  }

  work({ act }: Of<'work-act'>, outcome: Outcome): void {
    const durable = this.#audit.books.work(act.node, act.work);
    if (outcome.status === 'done' && 'work' in outcome) {
      const { version, collectCode } = outcome.work;
      require(durable === undefined || durable.work.version >= version, () => `${act.work} is told ${version}`);
      require(durable !== undefined || this.#audit.time.isLong, () => `${act.work} is told done, and is not durable`);
      return require(collectCode === undefined, () => `${act.node} is told the code of ${act.work}`);
    }
    require(outcome.status === 'refused', () => `an act at a node is told ${outcome.status}`);
    const { code } = outcome as Refusal;
    if (code === 'unknown-work') require(this.#audit.time.isLong, () => `${act.work} is unknown at ${act.node}`);
    if (code !== 'key-reused') return;
    const sent = this.#audit.sent.workActs(act.work, digestHex(act.key));
    require(sent.length > 1, () => `${act.key} never had other content`);
  }

  /** Published: the log of work, pages and webhooks show it. */
  change({ order }: OrderChange): void {
    const file = this.#audit.books.order(order.id);
    require(file !== undefined, () => `${order.id} is published, and is not durable`);
    this.#requireVersion(file, order.version);
  }

  #requireVersion({ id, version }: HubFile, told: number): void {
    require(told <= version, () => `version ${told} of ${id} is told, durable is ${version}`);
  }
}
