/** The methods of each path, to answer 405 with Allow where a path exists under another method. */
export class RouteTable {
  readonly #methods = new Map<string, { readonly path: RegExp; readonly methods: Set<string> }>();

  /** `path` in the router's words: `/v1/stock/:sku`. */
  add(path: string, methods: readonly string[]): void {
    const known = this.#methods.get(path) ?? { path: matcher(path), methods: new Set<string>() };
    for (const method of methods) known.methods.add(method);
    this.#methods.set(path, known);
  }

  /** `GET /v1/ledger` and so on; HEAD goes with GET. */
  all(): readonly string[] {
    const named = [...this.#methods].flatMap(([path, { methods }]) =>
      [...methods].map((method) => `${method} ${path}`),
    );
    return named.filter((route) => !route.startsWith('HEAD ')).sort();
  }

  /** Empty when no route has the path. */
  methodsOf(path: string): readonly string[] {
    const found = new Set<string>();
    for (const { path: pattern, methods } of this.#methods.values()) {
      if (pattern.test(path)) for (const method of methods) found.add(method);
    }
    return [...found].sort();
  }
}

function matcher(path: string): RegExp {
  const parts = path.split('/').map((part) => {
    return part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('/')}$`);
}
