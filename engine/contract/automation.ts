import type { ChannelId } from './ids.ts';
import type { HoldKind } from './order.ts';
import type { Minor, OrderMethod } from './shop-order.ts';

// What business users automate of what staff do by hand (rule OR10): when an order comes to this and that holds, then do so.

export type AutomationWhen =
  | {
      readonly event:
        | 'placed'
        | 'allocated'
        | 'unfillable'
        | 'rejected'
        | 'shipped'
        | 'ready'
        | 'collected'
        | 'cancelled'
        | 'returned';
    }
  /** Something of it has been promised and has not left so long after it was placed, in ms. */
  | { readonly event: 'unfilled'; readonly afterMs: number };

export interface AutomationIf {
  readonly channels?: readonly ChannelId[];
  readonly methods?: readonly OrderMethod[];
  readonly tags?: readonly string[];
  readonly valueMinorMin?: Minor;
  readonly valueMinorMax?: Minor;
  readonly countries?: readonly string[];
  readonly unitsMin?: number;
}

export type AutomationThen =
  | { readonly do: 'hold'; readonly kind: HoldKind }
  | { readonly do: 'tag'; readonly tag: string }
  | { readonly do: 'set-priority'; readonly priority: number }
  | { readonly do: 're-source' }
  | { readonly do: 'cancel' }
  /** Staff and webhooks are told. */
  | { readonly do: 'notify'; readonly text: string };

/** A row of the reference kind `automations`. */
export interface AutomationRef {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly when: AutomationWhen;
  readonly if?: AutomationIf;
  /** 1 to 5, in this order. */
  readonly then: readonly AutomationThen[];
}
