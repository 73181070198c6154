/**
 * The countries behind the map, from basemap.js: read into GeoJSON, and the style that MapLibre draws them in. No label is drawn by
 * MapLibre, which would ask for fonts; names are written on the sheet above.
 */
'use strict';

(function () {
  const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const VALUES = new Uint8Array(128);
  [...DIGITS].forEach((digit, i) => (VALUES[digit.charCodeAt(0)] = i));
  let kept = null;

  /** Called by basemap.js. */
  civcas.basemap = function (given) {
    kept = given;
  };

  /** An arc's points in degrees; see web/basemap.py for how it is written. */
  function points(text, quantum) {
    const arc = [];
    let [x, y, shift, value, isX] = [0, 0, 0, 0, true];
    for (let k = 0; k < text.length; k++) {
      const digit = VALUES[text.charCodeAt(k)];
      value |= (digit & 31) << shift;
      shift += 5;
      if (digit & 32) continue;
      const step = value & 1 ? -(value >> 1) : value >> 1;
      if (isX) x += step;
      else arc.push([x * quantum, (y += step) * quantum]);
      [isX, shift, value] = [!isX, 0, 0];
    }
    return arc;
  }

  /** Land as polygons; borders and coasts as lines, each once; the meridians and parallels; and where names may stand. */
  function outlines() {
    const arcs = kept.arcs.map((text) => points(text, kept.quantum));
    const used = new Uint8Array(arcs.length);
    const ring = (parts) => {
      const line = [];
      for (const i of parts) {
        const k = i < 0 ? ~i : i;
        used[k] = Math.min(used[k] + 1, 2);
        const run = i < 0 ? arcs[k].slice().reverse() : arcs[k];
        for (let p = line.length ? 1 : 0; p < run.length; p++) line.push(run[p]);
      }
      return line;
    };
    const polygons = kept.areas.map((area) => area.polygons.map((polygon) => polygon.map(ring)));
    const lines = (wanted) => arcs.filter((_, i) => used[i] > 0 && wanted(used[i]));
    return {
      land: collection(polygons.map((coordinates) => ({type: 'MultiPolygon', coordinates}))),
      borders: collection([{type: 'MultiLineString', coordinates: lines((n) => n > 1)}]),
      coasts: collection([{type: 'MultiLineString', coordinates: lines((n) => n < 2)}]),
      names: kept.areas.map(({name, code, at}) => ({name, code, longitude: at[0], latitude: at[1], size: at[2]})),
      says: kept.says,
    };
  }

  const collection = (shapes) => ({
    type: 'FeatureCollection',
    features: shapes.map((geometry) => ({type: 'Feature', properties: {}, geometry})),
  });

  /** Every tenth meridian and parallel. */
  function graticule() {
    const lines = [];
    for (let x = -180; x <= 180; x += 10) lines.push([[x, -85], [x, 85]]);
    for (let y = -80; y <= 80; y += 10) lines.push([[-180, y], [180, y]]);
    return collection([{type: 'MultiLineString', coordinates: lines}]);
  }

  const LIGHT = {sea: '#dfe6ea', land: '#f6f3ec', border: '#a39c8d', coast: '#b9c4ca', grid: '#d2dbe0', name: '#5d5a52', halo: '#f6f3ec'};
  const DARK = {sea: '#14181c', land: '#23282e', border: '#5d6570', coast: '#3a424b', grid: '#1d2329', name: '#a9adb5', halo: '#23282e'};

  /** A style that asks for nothing: all of it is in the page. */
  function style(shapes, colours) {
    const source = (data) => ({type: 'geojson', data, maxzoom: 8, tolerance: 0.5, buffer: 32});
    return {
      version: 8,
      sources: {
        land: source(shapes.land), borders: source(shapes.borders), coasts: source(shapes.coasts), grid: source(graticule()),
      },
      layers: [
        {id: 'sea', type: 'background', paint: {'background-color': colours.sea}},
        {id: 'grid', type: 'line', source: 'grid', paint: {'line-color': colours.grid, 'line-width': 0.7}},
        {id: 'land', type: 'fill', source: 'land', paint: {'fill-color': colours.land, 'fill-antialias': false}},
        {id: 'coast', type: 'line', source: 'coasts', paint: {'line-color': colours.coast, 'line-width': 0.8}},
        {id: 'border', type: 'line', source: 'borders', paint: {'line-color': colours.border, 'line-width': 1}},
      ],
    };
  }

  /** Repaints a map in other colours. */
  function repaint(map, colours) {
    const paints = {sea: 'background-color', grid: 'line-color', land: 'fill-color', coast: 'line-color', border: 'line-color'};
    for (const [layer, paint] of Object.entries(paints)) map.setPaintProperty(layer, paint, colours[layer]);
  }

  /** A country's name in the page's language where the browser knows it, else as the basemap has it. */
  function nameOf({name, code}) {
    try {
      const region = code && new Intl.Locale(`und-${code}`).region;
      return region && /^[A-Z]{2}$/.test(region)
        ? new Intl.DisplayNames([civcas.told().language], {type: 'region'}).of(region)
        : name;
    } catch (problem) {
      if (problem instanceof RangeError) return name; // a code that is no country's
      throw problem;
    }
  }

  civcas.outlines = {outlines, style, repaint, nameOf, LIGHT, DARK};
})();
