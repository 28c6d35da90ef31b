import type { FeatureCollection, Geometry } from 'geojson';
import { feature } from 'topojson-client';

export type States = FeatureCollection<Geometry, { readonly name: string }>;

let loading: Promise<States> | undefined;

/** Outlines of the states, from the bundle; loaded when the first map is shown. */
export function loadStates(): Promise<States> {
  loading ??= import('us-atlas/states-10m.json', { with: { type: 'json' } }).then((module) => {
    // The package carries no types of its own content: a topology whose object `states` is a collection of named areas.
    const atlas = module.default as unknown as Parameters<typeof feature>[0];
    return feature(atlas, 'states') as unknown as States;
  });
  return loading;
}
