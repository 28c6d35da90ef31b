const DECIMAL = /^[+-]?(?:\d{1,15}(?:\.\d{0,9})?|\.\d{1,9})$/;

/**
 * A decimal number as messages write it (`12`, `-0.42`, `+3.`, `.5`); undefined for anything else. Stricter than
 * Number(), which reads '' as 0, '0x1F' as 31 and '1e9' as a billion.
 */
export function readDecimal(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const trimmed = text.trim();
  return DECIMAL.test(trimmed) ? Number(trimmed) : undefined;
}
