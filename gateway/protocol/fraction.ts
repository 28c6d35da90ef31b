/** A number that need not be whole. A plain `number` in this folder is a whole one: `integer` in the documents. */
export type Fraction = number;
