import type { SourcingOrder, SourcingStep } from '../../contract/sourcing.ts';

/** Why the step is not for the order, as a sentence; undefined: it is (rule OR5). */
export function mismatch(
  { match = {} }: SourcingStep,
  order: SourcingOrder,
  departments: ReadonlySet<string>,
): string | undefined {
  const { channels, methods, tags, valueMinorMin, valueMinorMax, countries, postcodes } = match;
  if (channels?.includes(order.channel) === false) return `it is not for channel ${order.channel}`;
  if (methods?.includes(order.method) === false) return `it is not for method ${order.method}`;
  if (tags?.some((tag) => order.tags.includes(tag)) === false) return `the order has none of its tags`;
  if (order.valueMinor < (valueMinorMin ?? order.valueMinor)) return `the order is worth less than ${valueMinorMin}`;
  if (order.valueMinor > (valueMinorMax ?? order.valueMinor)) return `the order is worth more than ${valueMinorMax}`;
  if (countries !== undefined && !countries.includes(order.country ?? '')) {
    return `it is not for country ${order.country ?? 'unknown'}`;
  }
  if (postcodes !== undefined && !postcodes.some((start) => order.postcode?.startsWith(start))) {
    return `it is not for postcode ${order.postcode ?? 'unknown'}`;
  }
  if (match.departments?.some((department) => departments.has(department)) === false) {
    return `no line is of its departments`;
  }
  return undefined;
}
