/**
 * Where incidents lie on a map and which of them are too near to one another to be drawn apart. A cluster is a cell of a grid, joined
 * with neighbours whose middles come too near: one pass over the incidents in view, quick enough at 200,000 to be done at each move.
 */
'use strict';

(function () {
  const CELL = 76; // pixels
  const TOO_NEAR = 0.85; // of a cell
  const WORLD = 512; // pixels of the world at zoom 0, as MapLibre counts them
  const WIDE = 1 << 22; // more cells than there are across the world at any zoom

  const mercatorX = (longitude) => (longitude + 180) / 360;
  const mercatorY = (latitude) => {
    const turned = (Math.max(-85.05, Math.min(85.05, latitude)) * Math.PI) / 180;
    return (1 - Math.log(Math.tan(turned) + 1 / Math.cos(turned)) / Math.PI) / 2;
  };
  const longitudeOf = (x) => x * 360 - 180;
  const latitudeOf = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;

  /** Pixels of a kilometre at a latitude and zoom. */
  const pixelsOfKm = (latitude, zoom) => (WORLD * 2 ** zoom) / (40075.017 * Math.cos((latitude * Math.PI) / 180));

  let at = null;

  /** Where each incident lies in the square of the map, 0 to 1; NaN where it is not located. Reckoned once. */
  function positions() {
    if (at) return at;
    const {columns, of} = civcas.incidents;
    at = {x: new Float64Array(of), y: new Float64Array(of)};
    for (let i = 0; i < of; i++) {
      at.x[i] = mercatorX(columns.longitude[i]);
      at.y[i] = mercatorY(columns.latitude[i]);
    }
    return at;
  }

  /**
   * The clusters of some incidents, largest first.
   * @param {Uint32Array} found
   * @param {number} zoom clusters change at every half
   * @param {{west: number, south: number, east: number, north: number}} view degrees; incidents outside are left out
   * @return {{members: number[], n: number, x: number, y: number}[]}
   */
  function cluster(found, zoom, view) {
    const grain = CELL / (WORLD * 2 ** (Math.floor(zoom * 2) / 2));
    const cells = inCells(found, grain, view);
    const largest = [...cells.values()].sort((a, b) => b.n - a.n || a.key - b.key);
    return largest.filter((cell) => cell.n && take(cell, cells, grain)).sort((a, b) => b.n - a.n || a.key - b.key);
  }

  function inCells(found, grain, view) {
    const {x, y} = positions();
    const [west, east] = [mercatorX(view.west), mercatorX(view.east)];
    const [north, south] = [mercatorY(view.north), mercatorY(view.south)];
    const cells = new Map();
    for (let f = 0; f < found.length; f++) {
      const i = found[f];
      if (!(x[i] >= west && x[i] <= east && y[i] >= north && y[i] <= south)) continue;
      const key = Math.floor(y[i] / grain) * WIDE + Math.floor(x[i] / grain);
      let cell = cells.get(key);
      if (!cell) cells.set(key, (cell = {key, n: 0, x: 0, y: 0, members: []}));
      cell.n++;
      cell.x += x[i];
      cell.y += y[i];
      cell.members.push(i);
    }
    for (const cell of cells.values()) {
      cell.x /= cell.n;
      cell.y /= cell.n;
    }
    return cells;
  }

  /** Joins to a cell its smaller neighbours whose middles are too near; a cell that was itself joined is left empty. */
  function take(cell, cells, grain) {
    if (cell.n === 0) return false;
    for (const row of [-WIDE, 0, WIDE]) {
      for (const column of [-1, 0, 1]) {
        const other = cells.get(cell.key + row + column);
        if (!other || other === cell || other.n === 0 || other.n > cell.n) continue;
        if (Math.hypot(other.x - cell.x, other.y - cell.y) < TOO_NEAR * grain) join(cell, other);
      }
    }
    return true;
  }

  function join(cell, other) {
    const n = cell.n + other.n;
    cell.x = (cell.x * cell.n + other.x * other.n) / n;
    cell.y = (cell.y * cell.n + other.y * other.n) / n;
    for (const i of other.members) cell.members.push(i);
    cell.n = n;
    other.n = 0;
  }

  /** The degrees that hold some incidents, or null where none is located. */
  function extent(found) {
    const {latitude, longitude} = civcas.incidents.columns;
    let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const i of found) {
      if (latitude[i] !== latitude[i]) continue;
      west = Math.min(west, longitude[i]);
      east = Math.max(east, longitude[i]);
      south = Math.min(south, latitude[i]);
      north = Math.max(north, latitude[i]);
    }
    return west > east ? null : {west, south, east, north};
  }

  /**
   * Sums of some incidents, the twin of terms/range_sum.py: one without a number, or whose range contradicts itself, adds nothing and is
   * counted; one that says "4 or more" keeps the sum open, which is NONE.
   */
  function sums(members) {
    const {killed_min: min, killed_max: max} = civcas.incidents.columns;
    const sum = {incidents: members.length, low: 0, high: 0, numberless: 0, open: 0};
    for (const i of members) {
      const [low, high] = [min[i] !== civcas.NONE, max[i] !== civcas.NONE];
      if ((!low && !high) || (low && high && min[i] > max[i])) {
        sum.numberless++;
        continue;
      }
      if (low) sum.low += min[i];
      if (high) sum.high += max[i];
      else sum.open++;
    }
    if (sum.open) sum.high = civcas.NONE;
    if (sum.incidents && sum.numberless === sum.incidents) sum.low = sum.high = civcas.NONE;
    return sum;
  }

  /** A sum as words: the range, and how many incidents gave no number. */
  function killed(sum) {
    const {say} = civcas;
    if (sum.numberless === sum.incidents) return say('map.no_number');
    const parts = [say('map.killed', {range: civcas.range(sum.low, sum.high)})];
    if (sum.numberless) parts.push(say('map.numberless', {n: sum.numberless}));
    return parts.join(' ');
  }

  civcas.places = {cluster, extent, sums, killed, positions, pixelsOfKm, longitudeOf, latitudeOf};
})();
