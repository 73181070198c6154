/**
 * Which incidents a query asks for, and in which order: the twin of web/where.py, web/folding.py and the orders of web/site.py. A test
 * holds the answers equal over random queries.
 */
'use strict';

(function () {
  const SAME = new Map([...'أإآٱىةؤئ٠١٢٣٤٥٦٧٨٩'].map((c, i) => [c, [...'اااايهوي0123456789'][i]]));
  const MARKS = /[\u064b-\u0652\u0670\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g;
  const SEARCHED = ['code', 'place', 'province', 'country', 'belligerents'];
  const PRESENCE = {dated: 'date_start', located: 'latitude'};
  const combining = new Map();

  /** Words as a search compares them. */
  function folded(text) {
    // eslint-disable-next-line no-control-regex
    if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
    let bare = '';
    for (const c of text.replace(MARKS, '')) bare += lower(SAME.get(c) || c);
    return Array.from(bare.normalize('NFKD')).filter((c) => !isCombining(c)).join('');
  }

  /** As Python's casefold: by way of upper case, so that ß is ss; the dotless i stays itself. */
  function lower(c) {
    return c === 'ı' ? c : c.toLowerCase().toUpperCase().toLowerCase().replace(/ς/g, 'σ');
  }

  /** A mark that composes moves past marks of another class when a text is normalised; one that does not stays. */
  function isCombining(c) {
    if (!/\p{M}/u.test(c)) return false;
    if (!combining.has(c)) {
      const moves = (text) => text.normalize('NFD') !== text;
      combining.set(c, moves(`\u0345${c}`) || moves(`${c}\u0334`));
    }
    return combining.get(c);
  }

  /** A text as the tokens of the full-text index, each after a space. */
  function tokens(text) {
    const found = folded(text).match(/[\p{L}\p{N}\p{Co}]+/gu);
    return found ? ` ${found.join(' ')}` : '';
  }

  /**
   * The incidents a query asks for, in the order of their ids.
   * @return {Uint32Array}
   */
  function filter(query) {
    const tests = conditions(query);
    const {of} = civcas.incidents;
    const found = new Uint32Array(of);
    let n = 0;
    rows: for (let i = 0; i < of; i++) {
      for (let t = 0; t < tests.length; t++) if (!tests[t](i)) continue rows;
      found[n++] = i;
    }
    return found.subarray(0, n);
  }

  function conditions(query) {
    const {columns} = civcas.incidents;
    const tests = [];
    if (query.belligerents.length) {
      const asked = new Set(query.belligerents);
      tests.push(coded('belligerents', (text) => civcas.named(text).some((name) => asked.has(name))));
    }
    if (query.attribution === 'sole') tests.push((i) => columns.named[i] === 1);
    if (query.attribution === 'shared') tests.push((i) => columns.named[i] > 1);
    if (query.named) tests.push((i) => columns.named[i] > 0 === (query.named === 'yes'));
    if (query.area) tests.push(coded('country', (text) => text === query.area));
    if (query.province) tests.push(coded('province', (text) => text === query.province));
    if (query.window) {
      const {first, last} = query.window;
      tests.push((i) => columns.date_start[i] >= first && columns.date_start[i] <= last);
    }
    if (query.grades !== 'all' || query.grading.length) {
      const {GRADES} = civcas.Query;
      const asked = new Set(GRADES[query.grades].filter((g) => !query.grading.length || query.grading.includes(g)));
      tests.push(coded('grading', (text) => asked.has(text), asked.has('ungraded')));
    }
    if (query.strike_status) tests.push(coded('strike_status', (text) => text === query.strike_status));
    for (const [name, column] of Object.entries(PRESENCE)) {
      if (query[name]) tests.push((i) => present(columns[column][i]) === (query[name] === 'yes'));
    }
    if (query.numbered) {
      const {killed_min: low, killed_max: high} = columns;
      tests.push((i) => (present(low[i]) || present(high[i])) === (query.numbered === 'yes'));
    }
    return tests.concat(searches(query.q));
  }

  const present = (value) => value === value && value !== civcas.NONE;

  /** A test of a coded column: each text is looked at once, then only codes are. */
  function coded(name, holds, whereNull = false) {
    const {words, columns} = civcas.incidents;
    const right = Uint8Array.from(words[name], (text) => (holds(text) ? 1 : 0));
    const codes = columns[name];
    return (i) => (codes[i] < 0 ? whereNull : right[codes[i]] === 1);
  }

  /** One test for each word of a search; the last part of a word may be unfinished. */
  function searches(q) {
    const asked = folded(q || '').match(/[\p{L}\p{N}_]+/gu) || [];
    return asked.map((word) => {
      const phrase = tokens(word);
      if (!phrase) return () => false;
      if (phrase.lastIndexOf(' ') > 0) return (i) => wholeText(i).includes(phrase);
      const inWords = SEARCHED.filter((name) => name !== 'code').map((name) => coded(name, (text) => tokens(text).includes(phrase)));
      return (i) => inWords.some((test) => test(i)) || codeTokens()[i].includes(phrase);
    });
  }

  let ofCodes = null;

  /** The tokens of every code, made at the first search. */
  function codeTokens() {
    if (!ofCodes) ofCodes = civcas.incidents.columns.code.map((code) => tokens(code || ''));
    return ofCodes;
  }

  const wholeText = (i) => tokens(SEARCHED.map((name) => civcas.text(name, i) || '').join(' '));

  /**
   * The same incidents in the order asked for; equals stay in the order of their ids.
   * @param {Uint32Array} found
   * @param {string} sort
   */
  function sorted(found, sort) {
    const {columns} = civcas.incidents;
    const name = sort.replace('-', '');
    const column = {date: 'date_start', killed: 'killed_min'}[name] || name;
    const down = sort.startsWith('-') ? -1 : 1;
    const key = columns[column];
    const missing = {grading: () => false, place: (code) => code < 0}[name] || ((value) => value === civcas.NONE);
    return found.slice().sort((a, b) => {
      if (key[a] === key[b]) return a - b;
      const [left, right] = [missing(key[a]), missing(key[b])];
      return left !== right ? left - right : (key[a] - key[b]) * down;
    });
  }

  civcas.filter = filter;
  civcas.sorted = sorted;
  civcas.folded = folded;
})();
