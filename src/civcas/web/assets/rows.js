/** Incidents as rows of a table, in the same markup as the server's template incident_rows.html. */
'use strict';

(function () {
  const LETTERS = {
    Confirmed: 'C', Fair: 'F', Weak: 'W', Contested: 'X', 'Contested, Discounted': 'X D', Discounted: 'D', ungraded: 'U',
  };

  /** The address of an incident's page. */
  civcas.incidentLink = function (i) {
    const address = civcas.text('address', i);
    return civcas.told().links.incident.replace('ADDRESS', encodeURIComponent(address));
  };

  /** A grading as a chip: a fill, a letter and its word. */
  civcas.grade = function (grading) {
    const value = grading === null ? 'ungraded' : grading;
    const letters = LETTERS[value] || '?';
    const letter = civcas.element('span', {class: 'letter', 'aria-hidden': 'true'}, letters);
    return civcas.element('span', {class: value in LETTERS ? `grade g-${letters[0].toLowerCase()}` : 'grade'}, letter, civcas.word('grading', value));
  };

  /** When, of an incident. */
  civcas.whenOf = function (i) {
    const {date_start: first, date_end: last} = civcas.incidents.columns;
    return civcas.when(first[i], last[i], civcas.text('date_precision', i));
  };

  /** The belligerents of an incident, each in its own direction. */
  civcas.listed = function (i) {
    const names = civcas.named(civcas.text('belligerents', i));
    if (!names.length) return [civcas.say('nobody')];
    return names.flatMap((name, k) => (k ? [civcas.say('comma'), civcas.bdi(name)] : [civcas.bdi(name)]));
  };

  /** Killed, of an incident: `4 – 7`, or a word where it is not known. */
  civcas.killedOf = function (i) {
    const {killed_min: low, killed_max: high} = civcas.incidents.columns;
    return civcas.element('bdi', {class: 'n'}, civcas.range(low[i], high[i]));
  };

  /** One incident as a row. */
  civcas.row = function (i) {
    const {element, bdi, text} = civcas;
    const [place, province] = [text('place', i), text('province', i)];
    const link = element('a', {href: civcas.incidentLink(i)}, bdi(text('code', i) || text('address', i)));
    const where = [bdi(place || province || civcas.say('unlocated'))];
    if (place && province) where.push(' ', element('span', {class: 'quiet'}, bdi(province)));
    return element(
      'tr', {},
      element('th', {scope: 'row'}, link),
      element('td', {class: 'date'}, element('bdi', {}, civcas.whenOf(i))),
      element('td', {class: 'place'}, ...where),
      element('td', {class: 'by'}, ...civcas.listed(i)),
      element('td', {class: 'number'}, civcas.killedOf(i)),
      element('td', {}, civcas.grade(text('grading', i))),
    );
  };

  /**
   * A pager over so many pages, as the template has it: before, where the reader is, after.
   * @param {{page: number, last: number}} at
   * @param {function(number): void} turn
   * @param {function(number): string} [addressOf] where pages have addresses, they are links
   */
  civcas.pager = function (at, turn, addressOf) {
    const {element, say} = civcas;
    const step = (key, page, rel) => {
      if (page < 1 || page > at.last) return null;
      const made = addressOf ? element('a', {rel, href: addressOf(page)}, say(key)) : element('button', {type: 'button'}, say(key));
      made.addEventListener('click', (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        turn(page, rel);
      });
      made.dataset.turn = rel;
      return made;
    };
    const here = element('span', {}, say('pager.at', {page: at.page, last: at.last}));
    return [step('pager.before', at.page - 1, 'prev'), here, step('pager.after', at.page + 1, 'next')].filter(Boolean);
  };

  /** After a turn of pages, attention stays on the same step, or on the other where that is gone. */
  civcas.keepTurning = function (holder, rel) {
    const again = holder.querySelector(`[data-turn="${rel}"]`) || holder.querySelector('[data-turn]');
    if (again) again.focus({preventScroll: true});
  };
})();
