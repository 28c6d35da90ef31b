import { Observable } from '../store/observable.ts';

/** Where the visitor is: `/` the range, `/?q=milk` a search, `/?sku=8412345` one item. */
export interface Route {
  readonly sku?: string;
  readonly q?: string;
}

export const route = new Observable<Route>(read());

addEventListener('popstate', () => route.set(read()));

export function go(to: Route): void {
  history.pushState(null, '', href(to));
  route.set(to);
  scrollTo(0, 0);
}

export function href(to: Route): string {
  const search = new URLSearchParams();
  if (to.sku !== undefined) search.set('sku', to.sku);
  if (to.q !== undefined && to.q !== '') search.set('q', to.q);
  return search.size > 0 ? `/?${search}` : '/';
}

/** Takes a plain click on a link of ours; a new tab or window stays the browser's business. */
export function follow(event: MouseEvent, to: Route): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(to);
}

function read(): Route {
  const search = new URLSearchParams(location.search);
  const sku = search.get('sku') ?? '';
  const q = search.get('q') ?? '';
  return { ...(sku !== '' && { sku }), ...(q !== '' && { q }) };
}
