/**
 * What stands beside the map for those who do not see it or use no pointer: a list of what it shows, reached with the arrow keys, and the
 * popup, whose texts are never HTML.
 */
'use strict';

(function () {
  const MOST = 60; // entries of the list; the table has all
  const IN_POPUP = 8; // incidents of one place shown at once

  /** The list beside the map. One stop of the tab key; arrows, Home and End move within. */
  class Beside {
    /**
     * @param {HTMLElement} list
     * @param {function(Object, HTMLElement): void} onOpen told which entry was opened
     * @param {function(Object|null): void} onPoint told which entry has attention
     */
    constructor(list, onOpen, onPoint) {
      Object.assign(this, {list, onOpen, onPoint});
      list.addEventListener('keydown', (event) => this.move(event));
      list.addEventListener('focusout', (event) => list.contains(event.relatedTarget) || onPoint(null));
    }

    show(clusters) {
      const focused = this.list.contains(document.activeElement);
      this.list.replaceChildren(...clusters.slice(0, MOST).map((cluster, k) => this.entry(cluster, k)));
      if (focused) (this.list.querySelector('button') || this.list).focus();
    }

    entry(cluster, k) {
      const button = civcas.element('button', {type: 'button', tabindex: k ? -1 : 0}, ...described(cluster));
      button.addEventListener('click', () => this.onOpen(cluster, button));
      button.addEventListener('focus', () => this.onPoint(cluster));
      button.addEventListener('pointerenter', () => this.onPoint(cluster));
      return civcas.element('li', {}, button);
    }

    move(event) {
      const buttons = [...this.list.querySelectorAll('button')];
      const now = buttons.indexOf(document.activeElement);
      const to = {ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: buttons.length - 1}[event.key];
      if (to === undefined || !buttons[to]) return;
      event.preventDefault();
      buttons[now].tabIndex = -1;
      buttons[to].tabIndex = 0;
      buttons[to].focus();
    }
  }

  /** Name, number and killed of a cluster or incident, as parts of a button. */
  function described(cluster) {
    const {element, say, bdi, places, marks} = civcas;
    const first = cluster.members[0];
    const mark = marks.marks().all[marks.markOf(first)];
    const name = element('span', {class: 'map-where'}, bdi(whereabouts(cluster)));
    if (cluster.n > 1) {
      const told = `${say('map.incidents', {n: cluster.n})} · ${places.killed(places.sums(cluster.members))}`;
      return [name, element('span', {class: 'quiet'}, told), element('span', {class: 'map-shares'}, ...marks.sharesOf(cluster).flatMap(share))];
    }
    const told = element('span', {class: 'quiet'}, `${civcas.whenOf(first)} · ${places.killed(places.sums([first]))}`);
    return [marks.picture(mark), name, told];
  }

  /** How many name whom: the letter for those who see it, the name for those who hear it. */
  function share({mark, n}) {
    const {element, marks} = civcas;
    const heard = element('span', {class: 'map-heard'}, element('bdi', {}, marks.nameOf(mark)), ': ');
    return [element('span', {}, marks.picture(mark), heard, civcas.count(n)), ' '];
  }

  /** The commonest province or place of a cluster, and how many others there are. */
  function whereabouts(cluster) {
    if (cluster.n === 1) return nameOf(cluster.members[0]);
    const times = new Map();
    for (const i of cluster.members) {
      const name = civcas.text('province', i) || nameOf(i);
      times.set(name, (times.get(name) || 0) + 1);
    }
    const [name] = [...times].reduce((most, each) => (each[1] > most[1] ? each : most));
    return times.size > 1 ? civcas.say('map.and_others', {place: name}) : name;
  }

  const nameOf = (i) => civcas.text('place', i) || civcas.text('province', i) || civcas.text('country', i) || civcas.text('code', i) || '';

  /** What the popup says of one incident. */
  function about(i) {
    const {element, say, bdi, text} = civcas;
    const title = bdi(text('code', i) || text('address', i));
    const radius = civcas.incidents.columns.radius_km[i];
    const precision = civcas.word('geo_precision', text('geo_precision', i));
    const within = radius > 0 ? say('map.within', {precision, km: radius}) : precision;
    const line = (key, ...value) => [element('dt', {}, say(key)), element('dd', {}, ...value)];
    return element(
      'div', {class: 'map-about'},
      element('h3', {}, element('a', {href: civcas.incidentLink(i)}, title)),
      element('p', {}, element('bdi', {}, civcas.whenOf(i)), ' · ', bdi(nameOf(i))),
      element(
        'dl', {},
        ...line('map.killed_label', civcas.killedOf(i)),
        ...line('map.by_label', ...civcas.listed(i)),
        ...line('map.grade_label', civcas.grade(text('grading', i))),
        ...line('map.precision_label', within),
      ),
    );
  }

  /** What the popup says of incidents that lie at one place: a list, some at a time. */
  function several(members) {
    const {element, say} = civcas;
    const list = element('ul', {});
    const pager = element('p', {class: 'pager'});
    const last = Math.ceil(members.length / IN_POPUP);
    const turn = (page) => {
      const shown = members.slice((page - 1) * IN_POPUP, page * IN_POPUP);
      list.replaceChildren(...shown.map((i) => element('li', {}, linkTo(i), ' ', element('bdi', {}, civcas.whenOf(i)), ' · ', civcas.killedOf(i))));
      pager.replaceChildren(...(last > 1 ? civcas.pager({page, last}, turn) : []));
    };
    turn(1);
    const heading = element('h3', {}, say('map.incidents', {n: members.length}));
    return element('div', {class: 'map-about'}, heading, element('p', {}, civcas.places.killed(civcas.places.sums(members))), list, pager);
  }

  const linkTo = (i) => civcas.element('a', {href: civcas.incidentLink(i)}, civcas.bdi(civcas.text('code', i) || civcas.text('address', i)));

  civcas.Beside = Beside;
  civcas.popupOf = (cluster) => (cluster.n === 1 ? about(cluster.members[0]) : several(cluster.members));
})();
