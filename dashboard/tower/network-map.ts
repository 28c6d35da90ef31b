import { geoCentroid, geoMercator, geoPath } from 'd3-geo';
import type { GeoProjection } from 'd3-geo';
import { LitElement, css, html, nothing, svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';
import type { MapNode } from './network-nodes.ts';
import { loadStates } from './us-states.ts';
import type { States } from './us-states.ts';

/** Free margin around the outermost nodes, px. */
const MARGIN = 28;
/** A state narrower than this has no room for its name, px. */
const NAME_PX_MIN = 64;
/** Deepest zoom, px per radian: a single node is shown with its surroundings, not a blank page. */
const SCALE_MAX = 9_000;

/** The network as a picture. Everything it says is in the list beside it too, which the keyboard reaches. */
export class NetworkMap extends LitElement {
  static override styles = css`
    :host {
      display: block;
      position: relative;
      overflow: hidden;
      background: var(--sunken);
    }
    svg {
      display: block;
      width: 100%;
      height: 100%;
    }
    .state {
      fill: var(--surface);
      stroke: var(--line-strong);
      stroke-opacity: 0.6;
      stroke-width: 1;
    }
    .name {
      fill: var(--quiet);
      font-size: 11px;
      letter-spacing: 0.02em;
      text-anchor: middle;
      pointer-events: none;
    }
    .node {
      fill: currentColor;
      fill-opacity: 0.82;
      stroke: var(--surface);
      stroke-width: 1;
      cursor: pointer;
    }
    .good {
      color: var(--good);
    }
    .warn {
      color: var(--warn);
    }
    .bad {
      color: var(--bad);
    }
    .none {
      color: var(--quiet);
      fill: var(--surface);
      stroke: currentColor;
      stroke-width: 2;
    }
    .ring {
      fill: none;
      stroke: var(--accent);
      stroke-width: 2.5;
      pointer-events: none;
    }
  `;
  static override properties = {
    nodes: { attribute: false },
    picked: {},
    states: { state: true },
    width: { state: true },
    height: { state: true },
  };
  /** Worst first: nothing hides those. */
  declare nodes: readonly MapNode[];
  /** Id of the node that is marked. */
  declare picked: string;
  declare private states: States | undefined;
  declare private width: number;
  declare private height: number;
  readonly #sizes = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.nodes = [];
    this.picked = '';
    this.states = undefined;
    this.width = this.height = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes.observe(this);
    void loadStates().then((states) => (this.states = states));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes.disconnect();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { width, height } = this;
    if (width === 0 || height === 0) return nothing;
    const projection = this.#projection();
    // Worst last, so that nothing hides it.
    const drawn = this.nodes.toReversed();
    return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Map of the network; the list has the same">
      ${this.#ground(projection)} ${drawn.map((node) => this.#node(node, projection))}
    </svg>`;
  }

  #projection(): GeoProjection {
    const { width, height } = this;
    const coordinates = this.nodes.map((node): [number, number] => [node.lon, node.lat]);
    const places = {
      type: 'MultiPoint' as const,
      coordinates:
        coordinates.length > 0
          ? coordinates
          : [
              [-124, 48],
              [-68, 26],
            ],
    };
    const margin = Math.min(MARGIN, width / 4, height / 4);
    const box: [[number, number], [number, number]] = [
      [margin, margin],
      [width - margin, height - margin],
    ];
    const projection = geoMercator().fitExtent(box, places);
    if (projection.scale() > SCALE_MAX || !Number.isFinite(projection.scale())) {
      projection
        .scale(SCALE_MAX)
        .center(geoCentroid(places))
        .translate([width / 2, height / 2]);
    }
    return projection.clipExtent([
      [-2, -2],
      [width + 2, height + 2],
    ]);
  }

  #ground(projection: GeoProjection): SVGTemplateResult | typeof nothing {
    if (this.states === undefined) return nothing;
    const path = geoPath(projection);
    const shown = this.states.features
      .map((state) => ({
        state,
        outline: path(state),
        middle: projection(geoCentroid(state)),
        box: path.bounds(state),
      }))
      .filter(({ outline }) => outline !== null);
    return svg`${shown.map(({ outline }) => svg`<path class="state" d=${outline}></path>`)}
      ${shown.map(({ state, middle, box: [[left], [right]] }) =>
        right - left < NAME_PX_MIN || this.nodes.length === 0
          ? nothing
          : this.#stateName(state.properties.name, middle),
      )}`;
  }

  #stateName(name: string, at: [number, number] | null): SVGTemplateResult | typeof nothing {
    if (at === null || at[0] < 40 || at[0] > this.width - 40 || at[1] < 12 || at[1] > this.height - 8) return nothing;
    return svg`<text class="name" x=${at[0]} y=${at[1]}>${name}</text>`;
  }

  #node(node: MapNode, projection: GeoProjection): SVGTemplateResult | typeof nothing {
    const at = projection([node.lon, node.lat]);
    if (at === null) return nothing;
    const [x, y] = [at[0].toFixed(1), at[1].toFixed(1)];
    const shape = `node ${node.tone}`;
    const pick = (): boolean => this.dispatchEvent(new CustomEvent('pick-node', { detail: node.id }));
    const mark = node.dc
      ? svg`<rect class=${shape} x=${at[0] - 7} y=${at[1] - 7} width="14" height="14" rx="3" @pointerenter=${pick}></rect>`
      : svg`<circle class=${shape} cx=${x} cy=${y} r="4.5" @pointerenter=${pick}></circle>`;
    const ring =
      node.id === this.picked ? svg`<circle class="ring" cx=${x} cy=${y} r=${node.dc ? 13 : 9}></circle>` : nothing;
    return svg`${mark}${ring}`;
  }

  #measure(): void {
    this.width = this.clientWidth;
    this.height = this.clientHeight;
  }
}

customElements.define('network-map', NetworkMap);
