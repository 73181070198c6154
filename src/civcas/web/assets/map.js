/**
 * The map of a page: MapLibre draws the countries, the sheet above draws incidents. `data-ready` on the map's element says that both stand,
 * with the milliseconds since the page was asked for.
 */
'use strict';

(function () {
  const WORLD = [[-170, -58], [190, 75]];
  const LATER = 300; // ms
  const SCREEN = 1500; // pixels: more than most maps are wide
  const STEP = 0.5; // of a zoom: how much of it changes the clusters

  class IncidentMap {
    /**
     * @param {HTMLElement} holder
     * @param {Uint32Array} found what it shows first
     * @param {function(Object): void} onChoose told which cluster was chosen on the map
     * @param {function(): void} onMove told when the view came to rest
     */
    constructor(holder, found, onChoose, onMove) {
      Object.assign(this, {holder, found, onChoose, onMove, clusters: [], chosen: null});
      this.dark = window.matchMedia('(prefers-color-scheme: dark)');
      this.shapes = civcas.outlines.outlines();
      const [begins, near] = start(found);
      this.map = new maplibregl.Map({
        container: holder, style: civcas.outlines.style(civcas.outlines.ground(this.shapes, near), this.colours()), attributionControl: false, maxPitch: 0,
        renderWorldCopies: false, dragRotate: false, pitchWithRotate: false, fadeDuration: 0, minZoom: 0.5, maxZoom: 13,
        cooperativeGestures: true, locale: locale(), validateStyle: false, ...begins,
      });
      this.map.getCanvas().setAttribute('aria-describedby', 'map-how');
      this.map.keyboard.disableRotation();
      this.map.touchZoomRotate.disableRotation();
      this.sheet = new civcas.Sheet(this.map, this.shapes.names);
      this.listen();
      this.regroup();
    }

    colours() {
      return this.dark.matches ? civcas.outlines.DARK : civcas.outlines.LIGHT;
    }

    listen() {
      const {map} = this;
      map.on('render', () => this.sheet.draw(this.clusters, this.chosen, this.colours()));
      map.on('zoom', () => Math.floor(map.getZoom() / STEP) !== this.step && this.regroup());
      map.on('moveend', () => {
        this.regroup();
        this.onMove();
      });
      map.on('click', (event) => {
        const cluster = this.sheet.at(event.point);
        if (cluster) this.onChoose(cluster);
      });
      map.on('mousemove', (event) => {
        map.getCanvas().style.cursor = this.sheet.at(event.point) ? 'pointer' : '';
      });
      const paper = civcas.element('canvas', {class: 'map-paper', 'aria-hidden': 'true'});
      this.holder.after(paper);
      window.addEventListener('beforeprint', () => this.print(paper));
      map.once('load', () => map.once('idle', () => this.ready()));
      this.dark.addEventListener('change', () => {
        civcas.outlines.repaint(map, this.colours());
      });
    }

    /** What the reader sees stands; the rest of the world follows. */
    ready() {
      this.holder.dataset.ready = Math.round(performance.now());
      setTimeout(() => this.map.getSource('ground').setData(civcas.outlines.ground(this.shapes)), LATER);
    }

    /** Show other incidents; the view stays, unless it would show none of them. */
    show(found, {fit = false} = {}) {
      this.found = found;
      this.chosen = null;
      this.regroup();
      if (fit || (found.length && !this.clusters.length)) this.fit();
      this.map.triggerRepaint();
    }

    /** Clusters of what is in view. */
    regroup() {
      this.step = Math.floor(this.map.getZoom() / STEP);
      this.clusters = civcas.places.cluster(this.found, this.map.getZoom(), this.view());
      this.map.triggerRepaint();
    }

    view() {
      const bounds = this.map.getBounds();
      return {west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth()};
    }

    /** Move so that all located incidents that are shown are in view. */
    fit() {
      const extent = civcas.places.extent(this.found);
      this.map.fitBounds(extent ? boundsOf(extent) : WORLD, {padding: 40, maxZoom: 9, animate: false});
    }

    /** Look closer at a cluster; false where its incidents lie at one place and no closer look would part them. */
    closer(cluster) {
      const {west, south, east, north} = civcas.places.extent(cluster.members);
      const apart = east - west > 1e-6 || north - south > 1e-6;
      if (!apart || this.map.getZoom() >= this.map.getMaxZoom() - 0.01) return false;
      const camera = this.map.cameraForBounds([[west, south], [east, north]], {padding: 60, maxZoom: this.map.getMaxZoom()});
      const zoom = Math.max(camera.zoom, this.map.getZoom() + 1);
      this.map.easeTo({center: camera.center, zoom: Math.min(zoom, this.map.getMaxZoom()), duration: 400});
      return true;
    }

    /** What stands on the map now, on paper's colours, in a canvas that prints; the drawn picture of the page knows no filters of a reader. */
    print(paper) {
      civcas.outlines.repaint(this.map, civcas.outlines.LIGHT);
      this.map.redraw();
      const drawn = this.map.getCanvas();
      [paper.width, paper.height] = [drawn.width, drawn.height];
      const pen = paper.getContext('2d');
      pen.drawImage(drawn, 0, 0);
      this.sheet.draw(this.clusters, null, civcas.outlines.LIGHT);
      pen.drawImage(this.sheet.canvas, 0, 0);
      civcas.outlines.repaint(this.map, this.colours());
    }

    /** Point out a cluster, or none. */
    point(cluster) {
      this.chosen = cluster;
      this.map.triggerRepaint();
    }
  }

  /** Pages from a disk may not start a worker from a file, so they hold its text; every other page names the file. */
  function workerUrl() {
    if (location.protocol !== 'file:') return civcas.told().worker;
    return URL.createObjectURL(new Blob([civcas.workerText], {type: 'text/javascript'}));
  }

  function locale() {
    const texts = {
      'Map.Title': 'map.title', 'Popup.Close': 'map.close', 'CooperativeGesturesHandler.WindowsHelpText': 'map.gesture_keys',
      'CooperativeGesturesHandler.MacHelpText': 'map.gesture_mac', 'CooperativeGesturesHandler.MobileHelpText': 'map.gesture_fingers',
    };
    return Object.fromEntries(Object.entries(texts).map(([name, key]) => [name, civcas.say(key)]));
  }

  /**
   * Where the map begins, as the address says after its #, else at all that is located; and the degrees of which the basemap is read before
   * the map is ready: far around where it begins.
   */
  function start(found) {
    const said = /^#(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/.exec(location.hash);
    if (said && Math.abs(said[2]) <= 85 && Math.abs(said[3]) <= 180) {
      const [zoom, latitude, longitude] = [Math.min(+said[1], 13), +said[2], +said[3]];
      const reach = SCREEN * degreesOfPixel(zoom);
      return [{zoom, center: [longitude, latitude]}, around({west: longitude, east: longitude, south: latitude, north: latitude}, reach, degreesOfPixel(zoom))];
    }
    const extent = civcas.places.extent(found);
    if (!extent) return [{bounds: WORLD}, null];
    const reach = Math.max(extent.east - extent.west, extent.north - extent.south, 2);
    return [{bounds: boundsOf(extent), fitBoundsOptions: {padding: 40, maxZoom: 9}}, around(extent, reach, reach / SCREEN)];
  }

  const degreesOfPixel = (zoom) => 360 / (512 * 2 ** zoom);
  const around = ({west, south, east, north}, by, grain) => ({west: west - by, south: south - by, east: east + by, north: north + by, grain});
  const boundsOf = ({west, south, east, north}) => [[west, south], [east, north]];

  // the worker starts while the rest of the page is read
  if (civcas.find('map') && window.maplibregl) {
    maplibregl.setWorkerUrl(workerUrl());
    maplibregl.setWorkerCount(1);
    maplibregl.prewarm();
  }

  civcas.IncidentMap = IncidentMap;
})();
