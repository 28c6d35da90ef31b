import { LitElement } from 'lit';
import type { PropertyDeclarations } from 'lit';
import { clock } from '../store/clock.ts';
import { Follow } from '../store/follow.ts';
import type { Tower } from './tower.ts';

/**
 * Base of what shows live figures: renders once a second at most, with the page's clock, which also drives the ages.
 * The server sends once a second, so nothing is lost, and every panel of one picture shows the same moment.
 */
export class TowerElement extends LitElement {
  static override properties: PropertyDeclarations = { tower: { attribute: false } };
  declare tower: Tower;

  constructor() {
    super();
    new Follow(this, clock);
  }
}
