import type { FeatureCollection, Geometry } from 'geojson';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';

type Atlas = Topology<{ states: GeometryCollection<{ readonly name: string }> }>;

let loading: Promise<FeatureCollection<Geometry, { readonly name: string }>> | undefined;

/** Outlines of the states, from the bundle; loaded when the first map is shown. */
export function loadStates(): Promise<FeatureCollection<Geometry, { readonly name: string }>> {
  loading ??= import('us-atlas/states-10m.json', { with: { type: 'json' } }).then((module) => {
    const atlas = module.default as unknown as Atlas;
    return feature(atlas, atlas.objects.states);
  });
  return loading;
}
