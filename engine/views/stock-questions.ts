import type { Engine } from '../api.ts';
import type { KitRow, SkuStock } from '../contract/change.ts';
import type { Sku } from '../contract/ids.ts';
import { assert } from '../contract/assert.ts';
import type { ShardReads } from '../shard/shard-reads.ts';
import type { History } from './history.ts';
import { explainKit, kitAt, kitAtp } from './kit-questions.ts';
import type { KitView } from './kit-view.ts';
import type { LiveReference } from './reference-view.ts';

/** Kits of one chunk when everything is read. */
const CHUNK_KITS = 50;

/** What is asked about the stock of a sku: its shard knows, but of a kit only main does (rule AV9). */
export function stockQuestions(about: {
  readonly reference: LiveReference;
  readonly reads: ShardReads;
  readonly history: History;
  readonly kits: KitView;
}): Pick<Engine, 'stock' | 'allStock' | 'atp' | 'explain' | 'stockAt'> {
  const { reference, reads, history, kits } = about;
  const isKit = (sku: Sku): boolean => reference.kits.has(sku);

  async function kitNow(sku: Sku): Promise<SkuStock & { readonly kit: KitRow }> {
    const [stock] = await kits.stock([sku]);
    const kit = stock?.kit;
    assert(stock !== undefined && kit !== undefined, () => `${sku} is a kit without a row`);
    return { ...stock, kit };
  }

  return {
    async stock(skus) {
      if (!skus.some(isKit)) return reads.stock(skus);
      const plain = skus.filter((sku) => !isKit(sku));
      const [own, made] = await Promise.all([reads.stock(plain), kits.stock([...new Set(skus.filter(isKit))])]);
      return [...own, ...made];
    },
    async *allStock() {
      yield* reads.allStock();
      const all = [...reference.kits.keys()];
      for (let from = 0; from < all.length; from += CHUNK_KITS) yield kits.stock(all.slice(from, from + CHUNK_KITS));
    },
    async atp(request) {
      if (!isKit(request.sku)) return reads.atp(request);
      return kitAtp(await kitNow(request.sku), request, (each) => reads.atp(each));
    },
    async explain(sku, asked) {
      if (!isKit(sku)) return history.explain(sku, asked);
      const { position, revision } = await kitNow(sku);
      const kit = explainKit(await kits.parts(sku), asked);
      return { sku, position, revision, nodes: [], channels: [], demand: [], kit };
    },
    async stockAt(sku, moment) {
      if (!isKit(sku)) return history.stockAt(sku, moment);
      return kitAt(await kitNow(sku), moment, (part, of) => history.stockAt(part, of));
    },
  };
}
