const STORED_AS = 'onhand.screen';

/**
 * Under which name this browser reads logs: the server remembers how far each name has come, so a browser keeps its own. Of
 * two tabs of one browser the newer one reads.
 */
export function screenName(): string {
  try {
    const known = localStorage.getItem(STORED_AS);
    if (known !== null && /^screen-[0-9a-f]{8}$/.test(known)) return known;
    const name = newName();
    localStorage.setItem(STORED_AS, name);
    return name;
  } catch {
    return newName();
  }
}

function newName(): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return `screen-${number.toString(16).padStart(8, '0')}`;
}
