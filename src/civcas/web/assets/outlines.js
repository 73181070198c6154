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

  /** The arcs of the basemap with how many areas use each, the polygons they make, and where names may stand. Read once. */
  function outlines() {
    const arcs = kept.arcs.map((text) => {
      const line = points(text, kept.quantum);
      return {line, used: 0, box: boxOf(line)};
    });
    const polygons = [];
    for (const area of kept.areas) {
      for (const rings of area.polygons) {
        rings.forEach((ring) => ring.forEach((i) => arcs[i < 0 ? ~i : i].used++));
        polygons.push({rings, box: rings[0].map((i) => arcs[i < 0 ? ~i : i].box).reduce(both)});
      }
    }
    const names = kept.areas.map(({name, code, at}) => ({name, code, longitude: at[0], latitude: at[1], size: at[2]}));
    return {arcs, polygons, names};
  }

  function boxOf(line) {
    const box = {west: Infinity, south: Infinity, east: -Infinity, north: -Infinity};
    for (const [x, y] of line) {
      if (x < box.west) box.west = x;
      if (x > box.east) box.east = x;
      if (y < box.south) box.south = y;
      if (y > box.north) box.north = y;
    }
    return box;
  }

  const both = (a, b) => ({
    west: Math.min(a.west, b.west), south: Math.min(a.south, b.south), east: Math.max(a.east, b.east), north: Math.max(a.north, b.north),
  });
  const meets = (a, b) => a.west <= b.east && a.east >= b.west && a.south <= b.north && a.north >= b.south;

  /**
   * Land, borders between areas, coasts, and every tenth meridian and parallel, as one collection.
   * @param {Object} shapes as `outlines` gives them
   * @param {{west: number, south: number, east: number, north: number, grain: number}} [within] what is needed first: nothing finer than
   *     `grain` degrees, and nothing that lies wholly outside. An arc outside becomes its ends, which cannot come into the box.
   */
  function ground({arcs, polygons}, within = null) {
    const near = ({box}) => !within || meets(box, within);
    const lines = within ? arcs.map((arc) => thinned(arc.line, near(arc) ? within.grain : Infinity)) : arcs.map((arc) => arc.line);
    const some = (wanted) => lines.filter((_, i) => near(arcs[i]) && arcs[i].used && wanted(arcs[i].used));
    const land = polygons.filter(near).map(({rings}) => rings.map((ring) => joined(ring, lines)).filter((ring) => ring.length > 3));
    return {
      type: 'FeatureCollection',
      features: [
        feature('grid', 'MultiLineString', graticule()),
        ...land.filter((rings) => rings.length).map((rings) => feature('land', 'Polygon', rings)),
        feature('coast', 'MultiLineString', some((times) => times < 2)),
        feature('border', 'MultiLineString', some((times) => times > 1)),
      ],
    };
  }

  /** A line without points nearer than so many degrees to the last one kept; its ends stay. */
  function thinned(line, grain) {
    let last = line[0];
    const end = line.length - 1;
    return line.filter((point, i) => {
      if (i && i < end && Math.abs(point[0] - last[0]) < grain && Math.abs(point[1] - last[1]) < grain) return false;
      last = point;
      return true;
    });
  }

  /** Arcs end to end; ~i is arc i walked backwards. */
  function joined(ring, lines) {
    const line = [];
    for (const i of ring) {
      const run = i < 0 ? lines[~i].slice().reverse() : lines[i];
      for (let p = line.length ? 1 : 0; p < run.length; p++) line.push(run[p]);
    }
    return line;
  }

  const feature = (kind, type, coordinates) => ({type: 'Feature', properties: {kind}, geometry: {type, coordinates}});

  /** Every tenth meridian and parallel. */
  function graticule() {
    const lines = [];
    for (let x = -180; x <= 180; x += 10) lines.push([[x, -85], [x, 85]]);
    for (let y = -80; y <= 80; y += 10) lines.push([[-180, y], [180, y]]);
    return lines;
  }

  const LIGHT = {sea: '#dfe6ea', land: '#f6f3ec', border: '#a39c8d', coast: '#b9c4ca', grid: '#d2dbe0', name: '#5d5a52', halo: '#f6f3ec'};
  const DARK = {sea: '#14181c', land: '#23282e', border: '#5d6570', coast: '#3a424b', grid: '#1d2329', name: '#a9adb5', halo: '#23282e'};

  /** A style that asks for nothing: all of it is in the page. */
  function style(data, colours) {
    const layer = (id, type, paint) => ({id, type, source: 'ground', filter: ['==', ['get', 'kind'], id], paint});
    return {
      version: 8,
      transition: {duration: 0, delay: 0},
      sources: {ground: {type: 'geojson', data, maxzoom: 8, tolerance: 0.5, buffer: 32}},
      layers: [
        {id: 'sea', type: 'background', paint: {'background-color': colours.sea}},
        layer('grid', 'line', {'line-color': colours.grid, 'line-width': 0.7}),
        layer('land', 'fill', {'fill-color': colours.land, 'fill-antialias': false}),
        layer('coast', 'line', {'line-color': colours.coast, 'line-width': 0.8}),
        layer('border', 'line', {'line-color': colours.border, 'line-width': 1}),
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

  civcas.outlines = {outlines, ground, style, repaint, nameOf, LIGHT, DARK};
})();
