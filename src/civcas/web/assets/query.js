/**
 * A query in the address: the twin of web/query.py. `civcas.Query.of` reads it, `civcas.Query.print` writes it, and the two say the same
 * as their twins for every query; a test holds them to it.
 */
'use strict';

(function () {
  const GRADINGS = ['Confirmed', 'Fair', 'Weak', 'Contested', 'Contested, Discounted', 'Discounted', 'ungraded'];
  const GRADES = {
    confirmed: ['Confirmed'],
    'fair+confirmed': ['Fair', 'Confirmed'],
    '+contested': ['Fair', 'Confirmed', 'Contested'],
    'all-but-discounted': ['Fair', 'Confirmed', 'Contested', 'Weak'],
    all: GRADINGS,
  };
  const ALLOWED = {
    grades: Object.keys(GRADES),
    bound: ['min', 'max', 'range'],
    attribution: ['sole', 'shared', 'any'],
    exposure: ['month', 'day', 'incident', 'declared strike', 'declared sortie', 'declared munition', 'none'],
    strike_status: ['declared', 'likely', 'contested', 'single_source_claim'],
    named: ['yes', 'no'],
    dated: ['yes', 'no'],
    located: ['yes', 'no'],
    numbered: ['yes', 'no'],
    sort: ['-date', 'date', '-killed', 'killed', 'place', '-place', 'grading', '-grading'],
  };
  const LONGEST = 200;

  /** What is asked where the address says nothing, in the order the address is written. */
  const USUAL = {
    belligerents: [], area: '', window: null, grades: 'all', bound: 'min', attribution: 'any', exposure: 'month', grading: [],
    strike_status: '', province: '', q: '', named: '', dated: '', located: '', numbered: '', sort: '-date', page: 1, size: 50,
  };

  /** A parameter that means nothing: `name` and `value` say which. */
  class Unreadable extends Error {
    constructor(name, value) {
      super(`${name}: ${value}`);
      this.name = 'Unreadable';
      this.parameter = name;
      this.value = value;
    }
  }

  /**
   * Read the part of an address after its question mark.
   * @param {string} search
   * @return {Object} every field of USUAL; `window` is {first, last} in days since 1970, both counted
   */
  function of(search) {
    const given = new URLSearchParams(search);
    const read = {...USUAL};
    for (const name of given.keys()) if (!(name in USUAL)) throw new Unreadable('filter', name);
    for (const name of new Set(given.keys())) {
      const values = given.getAll(name).map((value) => value.trim());
      const last = values[values.length - 1];
      if (last) read[name] = value(name, last, [...new Set(values.filter(Boolean))]);
    }
    return read;
  }

  function value(name, last, all) {
    if (name === 'belligerents') return all;
    if (name === 'grading') return all.map((each) => among(name, each, GRADINGS));
    if (name === 'window') return parsedWindow(last);
    if (name === 'page') return whole(name, last, 1000000);
    if (name === 'size') return whole(name, last, 250);
    if (name === 'q') return Array.from(last).slice(0, LONGEST).join('');
    return name in ALLOWED ? among(name, last, ALLOWED[name]) : last;
  }

  function among(name, text, allowed) {
    if (!allowed.includes(text)) throw new Unreadable(name, text);
    return text;
  }

  function whole(name, text, most) {
    if (!/^[0-9]+$/.test(text) || Number(text) < 1 || Number(text) > most) throw new Unreadable(name, text);
    return Number(text);
  }

  /** The part of an address after its question mark; what is as usual is left out, so that one view has one address. */
  function print(query) {
    const words = new URLSearchParams();
    for (const [name, usual] of Object.entries(USUAL)) {
      const asked = query[name];
      if (Array.isArray(usual)) asked.forEach((each) => words.append(name, each));
      else if (name === 'window') asked && words.append(name, printedWindow(asked));
      else if (asked !== usual) words.append(name, asked);
    }
    return words.toString().replace(/%7E/g, '~').replace(/\*/g, '%2A');
  }

  const DAY = 86400000;

  /** Days since 1970 of a year, a month counted from 0, and a day of the month that may lie outside it. */
  function dayNumber(year, month, date) {
    const at = new Date(0);
    return at.setUTCFullYear(year, month, date) / DAY;
  }

  /** Days since 1970 of a text like 2016-01-31, or null. */
  function day(text) {
    const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
    if (!found) return null;
    const number = dayNumber(+found[1], found[2] - 1, +found[3]);
    return iso(number) === text && found[1] !== '0000' ? number : null;
  }

  /** 2016-01-31, of days since 1970. */
  const iso = (number) => new Date(number * DAY).toISOString().slice(0, 10);

  function span(point, text) {
    const found = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(point.trim());
    if (!found) throw new Unreadable('window', text);
    const [, year, month, date] = found;
    const first = day(`${year}-${month || '01'}-${date || '01'}`);
    if (first === null) throw new Unreadable('window', text);
    if (date) return [first, first];
    return [first, dayNumber(+year, month ? +month : 12, 1) - 1];
  }

  function parsedWindow(text) {
    const at = text.indexOf('..');
    const first = span(at < 0 ? text : text.slice(0, at), text)[0];
    const last = span(at < 0 ? text : text.slice(at + 2), text)[1];
    if (last < first) throw new Unreadable('window', text);
    return {first, last};
  }

  function printedWindow({first, last}) {
    const [a, b, after] = [iso(first), iso(last), iso(last + 1)];
    if (!a.endsWith('-01') || !after.endsWith('-01')) return a === b ? a : `${a}..${b}`;
    if (a.endsWith('-01-01') && after.endsWith('-01-01')) return joined(a.slice(0, 4), b.slice(0, 4));
    return joined(a.slice(0, 7), b.slice(0, 7));
  }

  const joined = (a, b) => (a === b ? a : `${a}..${b}`);

  civcas.Query = {of, print, USUAL, GRADES, GRADINGS, ALLOWED, Unreadable, day, iso, dayNumber, parsedWindow, printedWindow};
})();
