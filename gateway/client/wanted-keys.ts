import type { ClientMessage, ServerMessage, Subscribe } from '../protocol/wire.ts';

// For the ways that have no commands: what the commands of a socket add up to. Keys asked in the same scope are one group,
// because a stream and a poll are asked in one scope.

export interface Group {
  readonly name: string;
  readonly scope: Pick<Subscribe, 'sale' | 'near' | 'conflateMs'>;
  /** Each key, and whether its newest command named a revision that is held. */
  readonly keys: Map<string, boolean>;
  /** Commands that are not answered yet. */
  readonly ids: number[];
}

export class WantedKeys {
  readonly #groups = new Map<string, Group>();

  get groups(): readonly Group[] {
    return [...this.#groups.values()];
  }

  /** Takes one command's text. What no such way carries is answered at once. */
  take(text: string): ServerMessage | undefined {
    const command = JSON.parse(text) as ClientMessage;
    if (command.type === 'unsubscribe') this.#drop(command.keys);
    if (command.type !== 'subscribe') return undefined;
    if (command.ch !== 'stock') {
      const msg = `${command.ch} comes by websocket only`;
      return { type: 'error', id: command.id, code: 'websocket-only', msg, temporary: false };
    }
    this.#drop(command.keys);
    const group = this.#groupOf(command);
    group.ids.push(command.id);
    for (const key of command.keys) group.keys.set(key, command.since?.[key] !== undefined);
    return undefined;
  }

  #groupOf({ sale, near, conflateMs }: Subscribe): Group {
    const scope = { ...(sale && { sale }), ...(near && { near }), ...(conflateMs !== undefined && { conflateMs }) };
    const name = JSON.stringify(scope);
    const group = this.#groups.get(name) ?? { name, scope, keys: new Map(), ids: [] };
    this.#groups.set(name, group);
    return group;
  }

  #drop(keys: readonly string[]): void {
    for (const group of this.#groups.values()) {
      for (const key of keys) group.keys.delete(key);
      if (group.keys.size === 0) this.#groups.delete(group.name);
    }
  }
}
