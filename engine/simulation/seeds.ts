/** Seeds that once found something real, with what it was. They are run for good. */
export const FOUND: readonly { readonly seed: number; readonly bug: string }[] = [];
