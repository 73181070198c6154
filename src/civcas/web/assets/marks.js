/**
 * How belligerents are told apart: a colour and a letter each, given by the page, the same in every picture. Incidents that name several or
 * nobody, and belligerents without a letter of their own, have marks too, so that none hangs on colour alone.
 */
'use strict';

(function () {
  const OTHER = {letter: '…', fill: '#5c616b', key: 'map.other'};
  const SEVERAL = {letter: '+', fill: '#22252b', key: 'map.several'};
  const NOBODY = {letter: '?', fill: '#ffffff', ink: '#22252b', key: 'map.nobody'};
  let made = null;

  /** The marks in order, and for each code of the column `belligerents` which mark it has; the last mark is for nobody. */
  function marks() {
    if (made) return made;
    const own = civcas.told().marks;
    const all = [...own, OTHER, SEVERAL, NOBODY];
    const places = new Map(own.map(({name}, i) => [name, i]));
    const ofCode = civcas.incidents.words.belligerents.map((text) => {
      const names = civcas.named(text);
      if (names.length > 1) return own.length + 1;
      return places.has(names[0]) ? places.get(names[0]) : own.length;
    });
    made = {all, ofCode, nobody: all.length - 1};
    return made;
  }

  /** Which mark an incident has. */
  function markOf(i) {
    const {ofCode, nobody} = marks();
    const code = civcas.incidents.columns.belligerents[i];
    return code < 0 ? nobody : ofCode[code];
  }

  /** How many of a cluster's incidents have each mark, in the order of the legend, those without any left out. Reckoned once a cluster. */
  function sharesOf(cluster) {
    if (!cluster.shares) {
      const counts = marks().all.map((mark) => ({mark, n: 0}));
      for (const i of cluster.members) counts[markOf(i)].n++;
      cluster.shares = counts.filter((share) => share.n);
    }
    return cluster.shares;
  }

  const nameOf = (mark) => (mark.name === undefined ? civcas.say(mark.key) : civcas.plain(mark.name));

  /** A mark as a small picture for a legend or a table, hidden from those who hear the name beside it. */
  function picture(mark) {
    const {svg} = civcas;
    const disc = svg('circle', {cx: 9, cy: 9, r: 8, fill: mark.fill, stroke: mark.ink || '#ffffff'});
    const letter = svg('text', {x: 9, y: 13, 'text-anchor': 'middle', 'font-size': 11, 'font-weight': 700, fill: mark.ink || '#ffffff'}, mark.letter);
    return svg('svg', {viewBox: '0 0 18 18', width: 18, height: 18, 'aria-hidden': 'true', class: 'map-mark'}, disc, letter);
  }

  civcas.marks = {marks, markOf, sharesOf, nameOf, picture};
})();
