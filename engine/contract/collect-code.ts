/** What a customer shows when the order is collected: six digits of the order's secret, which is also its token. */
export function collectCode(secret: string): string {
  return String(Number.parseInt(secret.slice(0, 8), 16) % 1_000_000).padStart(6, '0');
}
