/**
 * The list of a release: a folder on a disk has no server to ask, so the form filters here, over data/incidents.js, and the table is drawn
 * again in the markup the template has.
 */
'use strict';

(function () {
  class List {
    constructor() {
      const part = (mark) => civcas.find(mark);
      Object.assign(this, {body: part('list').tBodies[0], tell: part('tell'), pager: part('pager'), map: part('map-link')});
      this.filters = new civcas.Filters(part('filters'), part('chips'), (query, {push}) => this.ask(query, push));
      window.addEventListener('popstate', () => this.show(this.asked()));
      this.show(this.asked());
    }

    asked() {
      return civcas.asked((wrong) => this.say(civcas.element('b', {}, wrong)));
    }

    ask(query, push) {
      history[push ? 'pushState' : 'replaceState'](null, '', civcas.addressOf(query));
      this.show(query);
    }

    show(query) {
      const found = civcas.sorted(civcas.filter(query), query.sort);
      const last = Math.max(1, Math.ceil(found.length / query.size));
      const page = Math.min(query.page, last);
      const rows = found.subarray((page - 1) * query.size, page * query.size);
      this.body.replaceChildren(...Array.from(rows, civcas.row));
      this.filters.show(query);
      this.found(found);
      this.turn({page, last}, query);
      if (this.map) this.map.href = civcas.addressOf({...query, page: 1, size: civcas.Query.USUAL.size}, civcas.told().links.map);
    }

    found(found) {
      const {say, element} = civcas;
      const sum = civcas.places.sums(found);
      const parts = [element('b', {'data-found': found.length, 'data-of': civcas.incidents.of}, say('list.found', {n: found.length, of: civcas.incidents.of}))];
      if (found.length) parts.push(' ', element('span', {'data-sums': true}, say('list.sums', {killed: civcas.range(sum.low, sum.high)})));
      if (sum.numberless) parts.push(' ', say('overview.without', {n: sum.numberless}));
      if (!found.length) parts.push(' ', say('list.nothing'));
      const doubted = civcas.find('doubted'); // said of every incident, so only beside the sum of all
      if (doubted) doubted.hidden = found.length !== civcas.incidents.of;
      this.say(...parts);
    }

    say(...parts) {
      this.tell.replaceChildren(...parts);
    }

    turn(at, query) {
      const bar = civcas.element('nav', {class: 'pager', 'aria-label': civcas.say('pager')});
      const go = (page, rel) => {
        this.ask({...query, page}, true);
        this.tell.scrollIntoView({block: 'start'});
        civcas.keepTurning(this.pager, rel);
      };
      bar.append(...civcas.pager(at, go, (page) => civcas.addressOf({...query, page})));
      this.pager.replaceChildren(...(at.last > 1 ? [bar] : []));
    }
  }

  document.addEventListener('DOMContentLoaded', () => {
    if (civcas.find('list') && civcas.incidents) civcas.list = new List();
  });
})();
