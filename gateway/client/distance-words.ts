const KM_PER_MILE = 1.609_344;

/** A distance as people of that language write it: 12.34 km -> "12 km", in miles "7.7 mi". */
export function distanceInWords(km: number, lang: string, unit: string): string {
  const [far, name] = unit === 'mi' ? [km / KM_PER_MILE, 'mile'] : [km, 'kilometer'];
  return far.toLocaleString(lang, { style: 'unit', unit: name, maximumFractionDigits: far < 10 ? 1 : 0 });
}
