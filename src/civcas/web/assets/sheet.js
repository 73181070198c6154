/**
 * The sheet above the map: clusters, single incidents, the areas they may lie in, and names of countries. Drawn with the browser's own text,
 * so that Arabic needs no fonts of ours, and redrawn with each frame of the map.
 */
'use strict';

(function () {
  const SINGLE = 11; // pixels, radius of one incident's mark
  const AREA = 10; // km: known no better than this, an incident is drawn as an area only
  const EXACT = 1; // km: known so well, its mark has a whole edge
  const FONT = 'system-ui, "Segoe UI", Roboto, "Liberation Sans", "Noto Sans", "Noto Naskh Arabic", sans-serif';
  const MOST_NAMES = 24;

  class Sheet {
    constructor(map, names) {
      this.map = map;
      this.names = names.sort((a, b) => b.size - a.size);
      this.canvas = civcas.element('canvas', {class: 'map-sheet', 'aria-hidden': 'true'});
      map.getCanvasContainer().append(this.canvas);
      this.pen = this.canvas.getContext('2d');
      this.drawn = [];
    }

    /**
     * @param {Object[]} clusters as civcas.places.cluster gives them
     * @param {Object|null} chosen the one that has the reader's attention
     * @param {Object} colours of the names
     */
    draw(clusters, chosen, colours) {
      this.fit();
      const taken = [];
      this.drawn = clusters.map((cluster) => this.placed(cluster));
      this.drawn.forEach((item) => item.area && this.area(item));
      for (const item of this.drawn.slice().reverse()) {
        this[item.form](item);
        if (chosen && item.cluster.key === chosen.key) this.ring(item);
        taken.push({x: item.x, y: item.y, r: item.r + 4});
      }
      this.countries(colours, taken);
    }

    fit() {
      const {canvas, map} = this;
      const scale = window.devicePixelRatio || 1;
      const {clientWidth: width, clientHeight: height} = map.getCanvas();
      if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
        canvas.width = Math.round(width * scale);
        canvas.height = Math.round(height * scale);
        canvas.style.width = `${width}px`;
        canvas.style.height = `${height}px`;
      }
      this.pen.setTransform(scale, 0, 0, scale, 0, 0);
      this.pen.clearRect(0, 0, width, height);
      this.pen.textAlign = 'center';
      this.pen.textBaseline = 'middle';
      [this.width, this.height] = [width, height];
    }

    /** A cluster with where it lies in pixels, in which form and how large it is drawn, and for a single one how far it may be off. */
    placed(cluster) {
      const {longitudeOf, latitudeOf, pixelsOfKm} = civcas.places;
      const latitude = latitudeOf(cluster.y);
      const {x, y} = this.map.project([longitudeOf(cluster.x), latitude]);
      if (cluster.n > 1) return {form: 'cluster', cluster, x, y, r: this.radius(cluster)};
      const reach = civcas.incidents.columns.radius_km[cluster.members[0]] || 0;
      const area = reach * pixelsOfKm(latitude, this.map.getZoom());
      const shown = area > SINGLE + 2 || reach > AREA ? Math.max(area, SINGLE + 1) : 0;
      return {form: reach > AREA ? 'letterOnly' : 'single', cluster, x, y, r: SINGLE, reach, area: shown};
    }

    radius(cluster) {
      if (!cluster.label) cluster.label = label(cluster);
      this.pen.font = `11px ${FONT}`;
      const words = this.pen.measureText(cluster.label.killed).width / 2 + 9;
      return Math.max(17 + 2.2 * Math.log2(cluster.n), Math.min(words, 44));
    }

    /** As large as the place is uncertain, with a broken edge: somewhere in here. */
    area({x, y, area, cluster}) {
      const {pen} = this;
      const {fill, ink} = markOf(cluster);
      disc(pen, x, y, area);
      pen.globalAlpha = 0.1;
      pen.fillStyle = ink || fill;
      pen.fill();
      pen.globalAlpha = 1;
      pen.setLineDash([5, 4]);
      pen.lineWidth = 1.6;
      pen.strokeStyle = ink || fill;
      pen.stroke();
      pen.setLineDash([]);
    }

    /** A disc; with a broken ring around it where the place is only known to the town and the area is too small to be drawn. */
    single({x, y, r, reach, area, cluster}) {
      const {pen} = this;
      const {fill, ink} = markOf(cluster);
      disc(pen, x, y, r - 1);
      pen.fillStyle = fill;
      pen.fill();
      pen.lineWidth = 1.5;
      pen.strokeStyle = ink || '#ffffff';
      pen.stroke();
      if (reach > EXACT && !area) this.broken(x, y, r + 2.5, ink || fill);
      this.letter(x, y, cluster, ink || '#ffffff');
    }

    broken(x, y, r, colour) {
      const {pen} = this;
      disc(pen, x, y, r);
      for (const [width, ink, dash] of [[3.5, '#ffffff', []], [1.6, colour, [4, 3]]]) {
        pen.setLineDash(dash);
        pen.lineWidth = width;
        pen.strokeStyle = ink;
        pen.stroke();
      }
      pen.setLineDash([]);
    }

    /** No pin where only an area is known: its letter on a small plate inside the area. */
    letterOnly({x, y, cluster}) {
      const {pen} = this;
      const {fill, ink} = markOf(cluster);
      pen.fillStyle = '#ffffff';
      pen.globalAlpha = 0.85;
      disc(pen, x, y, 8);
      pen.fill();
      pen.globalAlpha = 1;
      this.letter(x, y, cluster, ink || fill);
    }

    letter(x, y, cluster, ink) {
      this.pen.font = `700 12px ${FONT}`;
      this.pen.fillStyle = ink;
      this.pen.fillText(markOf(cluster).letter, x, y + 0.5);
    }

    /** How many, with killed min – max below, in a ring of the shares of belligerents. */
    cluster({x, y, r, cluster}) {
      const {pen} = this;
      disc(pen, x, y, r);
      pen.fillStyle = '#ffffff';
      pen.fill();
      let from = -Math.PI / 2;
      for (const {mark, n} of civcas.marks.sharesOf(cluster)) {
        const to = from + (2 * Math.PI * n) / cluster.n;
        pen.beginPath();
        pen.arc(x, y, r - 2.5, from, to);
        pen.lineWidth = 5;
        pen.strokeStyle = mark.ink ? '#b9bcc2' : mark.fill;
        pen.stroke();
        from = to;
      }
      disc(pen, x, y, r + 0.5);
      pen.lineWidth = 1;
      pen.strokeStyle = '#ffffff';
      pen.stroke();
      pen.fillStyle = '#22252b';
      pen.font = `700 13px ${FONT}`;
      pen.fillText(cluster.label.n, x, y - 6);
      pen.font = `11px ${FONT}`;
      pen.fillText(cluster.label.killed, x, y + 8, 2 * r - 12);
    }

    ring({x, y, r, area}) {
      for (const [width, colour] of [[5, '#ffffff'], [2.5, '#111111']]) {
        disc(this.pen, x, y, Math.max(r, area || 0) + 4);
        this.pen.lineWidth = width;
        this.pen.strokeStyle = colour;
        this.pen.stroke();
      }
    }

    /** Names where nothing else is drawn, of the largest countries in view. */
    countries(colours, taken) {
      const {pen} = this;
      pen.font = `12px ${FONT}`;
      const zoom = this.map.getZoom();
      let written = 0;
      for (const place of this.names) {
        if (written >= MOST_NAMES || place.size * 4 ** zoom < 260) break;
        const {x, y} = this.map.project([place.longitude, place.latitude]);
        if (x < 0 || y < 0 || x > this.width || y > this.height) continue;
        if (!place.text) place.text = civcas.outlines.nameOf(place);
        const half = pen.measureText(place.text).width / 2 + 4;
        if (taken.some((item) => Math.abs(item.x - x) < item.r + half && Math.abs(item.y - y) < item.r + 8)) continue;
        taken.push({x, y, r: half});
        pen.lineWidth = 3;
        pen.strokeStyle = colours.halo;
        pen.strokeText(place.text, x, y);
        pen.fillStyle = colours.name;
        pen.fillText(place.text, x, y);
        written++;
      }
    }

    /** What is drawn at a point in pixels, or null. */
    at({x, y}) {
      const hit = this.drawn.filter((item) => Math.hypot(item.x - x, item.y - y) <= item.r + 2);
      hit.sort((a, b) => Math.hypot(a.x - x, a.y - y) - Math.hypot(b.x - x, b.y - y));
      return hit.length ? hit[0].cluster : null;
    }
  }

  function disc(pen, x, y, r) {
    pen.beginPath();
    pen.arc(x, y, r, 0, 2 * Math.PI);
  }

  const markOf = (cluster) => civcas.marks.marks().all[civcas.marks.markOf(cluster.members[0])];

  /** What a cluster says of itself: how many, and killed. */
  function label(cluster) {
    const sum = civcas.places.sums(cluster.members);
    const none = sum.numberless === sum.incidents;
    const open = sum.open ? `${civcas.count(sum.low)}+` : '';
    const killed = none ? '?' : open || civcas.range(sum.low, sum.high).replace(/\u2009/g, '');
    return {n: civcas.count(cluster.n), killed};
  }

  civcas.Sheet = Sheet;
})();
