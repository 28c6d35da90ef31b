import type { PickupState } from '../protocol/wire.ts';
import { BAND_WORDS, unitsInWords } from './band-words.ts';
import { distanceInWords } from './distance-words.ts';
import { h, write } from './dom.ts';
import type { Manner } from './onhand-element.ts';

/** One pickup store in a list: its name, how far it is, what it has; in a list to choose from also a radio button. */
export class StoreRow {
  readonly item: HTMLLIElement;
  readonly radio = h('input', { type: 'radio', name: 'store' });
  readonly #name = h('span', { class: 'store-name' });
  readonly #far = h('span', { class: 'distance quiet' });
  readonly #hours = h('span', { class: 'hours quiet' });
  readonly #band = h('span');

  constructor(choice: 'to-choose' | 'to-read') {
    this.item =
      choice === 'to-read'
        ? h('li', { class: 'row', part: 'store' }, this.#name, this.#far, this.#band)
        : h(
            'li',
            {},
            h(
              'label',
              { class: 'row pick', part: 'store' },
              this.radio,
              this.#name,
              this.#far,
              this.#hours,
              this.#band,
            ),
          );
  }

  show(store: PickupState, { lang, scale, distance }: Manner, hours = ''): void {
    const units = store.units === undefined || store.units === 0 ? '' : ` · ${unitsInWords(store.units, scale, lang)}`;
    this.radio.value = store.node;
    write(this.#name, store.name);
    write(this.#far, distanceInWords(store.km, lang, distance));
    write(this.#hours, hours);
    write(this.#band, BAND_WORDS[store.band] + units);
    this.#band.className = `band ${store.band}`;
  }
}

/** Stands for rows that are not known yet, at their height, so that nothing below jumps. */
export function bones(kind: string): readonly HTMLElement[] {
  return Array.from({ length: 5 }, () => h('li', { class: `row ${kind} bone`, 'aria-hidden': 'true' }));
}
