/** Address of the live socket of a server, from its HTTP address: https://shop.example -> wss://shop.example/v1/live. */
export function liveUrl(base: string): string {
  const url = new URL('/v1/live', base);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
