/** What opens an order: both parts stand behind the #, which browsers send to no server. */
export interface OrderLink {
  readonly id: string;
  readonly token: string;
}

const LINK = /^#?(o[0-9]{1,4}-[0-9a-z]{1,10})\.([0-9a-f]{32})$/;

/** `#<id>.<token>`; undefined when it is not the whole link. */
export function orderLink(hash: string): OrderLink | undefined {
  const [, id, token] = LINK.exec(hash) ?? [];
  return id === undefined || token === undefined ? undefined : { id, token };
}
