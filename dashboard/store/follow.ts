import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Observable } from './observable.ts';

/** Renders its element again whenever one of the observables changes, while the element is on the page. */
export class Follow implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #sources: readonly Pick<Observable<unknown>, 'onChange'>[];
  #stops: (() => void)[] = [];

  constructor(host: ReactiveControllerHost, ...sources: readonly Pick<Observable<unknown>, 'onChange'>[]) {
    this.#host = host;
    this.#sources = sources;
    host.addController(this);
  }

  hostConnected(): void {
    this.#stops = this.#sources.map((source) => source.onChange(() => this.#host.requestUpdate()));
  }

  hostDisconnected(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }
}
