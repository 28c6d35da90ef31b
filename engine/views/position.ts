/** A fact's place in history: its shard and that shard's count. On the wire `shard.lsn`, opaque to callers. */
export interface FactPlace {
  readonly shard: number;
  readonly lsn: number;
}

const POSITION = /^(\d{1,5})\.(\d{1,15})$/;

export function parsePosition(text: string): FactPlace | undefined {
  const match = POSITION.exec(text);
  return match === null ? undefined : { shard: Number(match[1]), lsn: Number(match[2]) };
}
