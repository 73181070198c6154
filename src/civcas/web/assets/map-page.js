/** The page of the map: one query in its address drives the filters, the map, the list beside it, the timeline and the table. */
'use strict';

(function () {
  const ROWS = 25;
  const LATER = 250; // ms between the last move and what is told of it

  class MapPage {
    constructor() {
      const part = (mark) => civcas.find(mark);
      for (const mark of ['tell', 'sums', 'time-sums', 'table', 'pager', 'in-view', 'all', 'shown', 'popup']) this[mark] = part(mark);
      document.querySelectorAll('[data-scripted]').forEach((each) => (each.hidden = false));
      this.query = this.asked();
      this.filters = new civcas.Filters(part('filters'), part('chips'), (query, {push}) => this.ask(query, push));
      this.timeline = new civcas.Timeline(part('time'), (window, moving) => this.brush(window, moving));
      this.reckon();
      this.legend(part('legend'));
      this.begin(part('map'));
      this.beside = new civcas.Beside(part('places'), (cluster, from) => this.open(cluster, from), (cluster) => this.map && !this.opened && this.map.point(cluster));
      this.listen();
      this.show();
    }

    asked() {
      return civcas.asked((wrong) => this.tell.replaceChildren(wrong));
    }

    /** Where no map can be drawn (no WebGL), the drawn picture of the page stays and all else works. */
    begin(holder) {
      try {
        this.map = new civcas.IncidentMap(holder, this.found, (cluster) => this.open(cluster, null), () => this.moved());
      } catch (problem) {
        holder.hidden = true;
        this.map = null;
        this.tell.append(' ', civcas.say('map.no_webgl'));
        holder.dataset.failed = String(problem && problem.message);
        return;
      }
      document.documentElement.classList.add('map-moving');
      civcas.find('picture').open = false;
    }

    listen() {
      window.addEventListener('popstate', () => {
        this.query = this.asked();
        this.moving = false;
        this.reckon();
        this.show();
      });
      this.all.addEventListener('click', () => this.map && this.map.fit());
      for (const [mark, by] of [['nearer', 1], ['farther', -1]]) {
        civcas.find(mark).addEventListener('click', () => this.map && this.map.map.zoomTo(this.map.map.getZoom() + by));
      }
      this['in-view'].addEventListener('change', () => this.tabulate(1));
      document.addEventListener('keydown', (event) => {
        if (event.key === 'Escape' && this.opened) this.opened.remove();
      });
    }

    /** Another query: into the address, then into everything. */
    ask(query, push) {
      this.query = query;
      this.moving = false;
      this.address(push ? 'pushState' : 'replaceState');
      this.reckon();
      this.show();
    }

    /**
     * A move of a hand is one step of the history: begun with its first place, and written over with its last. Nothing is written between,
     * since browsers refuse addresses that come thick and fast.
     */
    brush(window, moving) {
      if (!this.moving) this.ask({...this.query, window, page: 1}, true);
      else {
        this.query = {...this.query, window, page: 1};
        if (!moving) this.address('replaceState');
        this.reckon();
        this.show();
      }
      this.moving = moving;
    }

    address(step) {
      history[step](null, '', civcas.addressOf(this.query) + location.hash);
    }

    reckon() {
      this.anyTime = civcas.filter({...this.query, window: null});
      this.found = this.query.window ? inWindow(this.anyTime, this.query.window) : this.anyTime;
    }

    show() {
      if (this.opened) this.opened.remove();
      this.filters.show(this.query);
      this.timeline.show(this.anyTime, this.query.window);
      if (this.map) this.map.show(this.found);
      this.account();
      if (this.begun) this.tabulate(1); // the first time, the map goes before the table
      this.moved();
    }

    /** What is found, and that it adds up: on the map and without a place; in the window, outside it and without a date. */
    account() {
      const {say, element, incidents} = civcas;
      const {latitude, date_start: date} = incidents.columns;
      const total = this.found.length;
      const placed = this.found.reduce((n, i) => n + (latitude[i] === latitude[i]), 0);
      const undated = this.anyTime.reduce((n, i) => n + (date[i] === civcas.NONE), 0);
      const apart = this.query.window ? 0 : this.timeline.apart(this.anyTime);
      const inTime = this.query.window ? total : total - undated - apart;
      const outside = this.anyTime.length - inTime - undated - apart;
      const b = (mark, n, text) => element('b', {[`data-${mark}`]: n}, text);
      this.tell.replaceChildren(
        b('found', total, say('list.found', {n: total, of: incidents.of})), ' ',
        element('span', {}, total ? civcas.places.killed(civcas.places.sums(this.found)) : say('list.nothing')),
      );
      this.sums.replaceChildren(
        b('placed', placed, say('map.placed', {n: placed})), ' + ',
        this.tray('unlocated', total - placed, {located: 'no'}), ' = ', say('map.of_found', {n: total}),
      );
      this['time-sums'].replaceChildren(
        b('in-time', inTime, say('map.in_time', {n: inTime})), ' + ',
        ...(this.query.window ? [b('outside', outside, say('map.outside', {n: outside})), ' + '] : []),
        ...(apart ? [b('apart', apart, say('map.apart', {n: apart})), ' + '] : []),
        this.tray('undated', undated, {dated: 'no', window: null}), ' = ', say('map.any_time', {n: this.anyTime.length}),
      );
    }

    /** How many cannot be shown here, as a link to the list of them. */
    tray(mark, n, more) {
      const text = civcas.say(`map.${mark}`, {n});
      const attributes = {[`data-${mark}`]: n, class: 'map-tray'};
      if (!n) return civcas.element('span', attributes, text);
      const address = civcas.addressOf({...this.query, ...more, page: 1}, civcas.told().links.incidents);
      return civcas.element('a', {...attributes, href: address}, text);
    }

    /** The view came to rest: into the address, the list beside and the table. */
    moved() {
      clearTimeout(this.later);
      if (!this.map) return this.tabulate(1);
      this.beside.show(this.map.clusters);
      this.later = setTimeout(() => this.settled(), LATER);
      return undefined;
    }

    settled() {
      const {map} = this.map;
      const {lng, lat} = map.getCenter();
      const hash = `#${map.getZoom().toFixed(2)}/${lat.toFixed(4)}/${lng.toFixed(4)}`;
      if (this.begun) history.replaceState(null, '', civcas.addressOf(this.query) + hash);
      this.begun = true;
      const inView = this.map.clusters.reduce((n, cluster) => n + cluster.n, 0);
      this.shown.textContent = civcas.say('map.in_view', {n: inView, places: this.map.clusters.length});
      if (this['in-view'].checked || this.tabulated !== this.found) this.tabulate(1);
    }

    /** The table: what is found, or only what the map shows now. */
    tabulate(page) {
      const only = this['in-view'].checked && this.map;
      const which = only ? Uint32Array.from(this.map.clusters.flatMap((cluster) => cluster.members)).sort() : this.found;
      const rows = civcas.sorted(which, this.query.sort);
      this.tabulated = this.found;
      const last = Math.max(1, Math.ceil(rows.length / ROWS));
      this.table.tBodies[0].replaceChildren(...Array.from(rows.subarray((page - 1) * ROWS, page * ROWS), civcas.row));
      this.pager.replaceChildren(...(last > 1 ? civcas.pager({page, last}, (next, rel) => this.turn(next, rel)) : []));
    }

    turn(page, rel) {
      this.tabulate(page);
      civcas.keepTurning(this.pager, rel);
    }

    /** Look closer at a cluster, or say what lies there where no closer look would part it. */
    open(cluster, from) {
      if (this.opened) this.opened.remove();
      if (cluster.n > 1 && this.map.closer(cluster)) return;
      const {longitudeOf, latitudeOf} = civcas.places;
      const popup = new maplibregl.Popup({maxWidth: '290px', focusAfterOpen: true, closeOnMove: false});
      popup.setLngLat([longitudeOf(cluster.x), latitudeOf(cluster.y)]).setDOMContent(civcas.popupOf(cluster));
      popup.on('close', () => {
        this.opened = null;
        this.map.point(null);
        const back = from && from.isConnected ? from : this.map.map.getCanvas();
        if (document.activeElement === document.body || popup.getElement()?.contains(document.activeElement)) back.focus();
      });
      popup.addTo(this.map.map);
      this.opened = popup;
      this.map.point(cluster);
    }

    legend(holder) {
      const {marks, picture, nameOf} = civcas.marks;
      holder.replaceChildren(...marks().all.map((mark) => civcas.element('li', {}, picture(mark), ' ', civcas.element('bdi', {}, nameOf(mark)))));
    }
  }

  function inWindow(found, {first, last}) {
    const {date_start: date} = civcas.incidents.columns;
    return found.filter((i) => date[i] >= first && date[i] <= last);
  }

  document.addEventListener('DOMContentLoaded', () => {
    if (civcas.find('map') && civcas.incidents) civcas.page = new MapPage();
  });
})();
