/** Shown until the server's first figures are here: nothing is known yet, which is not the same as nothing. */
export const FIRST_FIGURES = 'Waiting for the first figures …';
