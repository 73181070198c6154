/**
 * Texts of the interface, numbers and dates, as web/language.py says them: the page carries the texts of its language in its settings.
 */
'use strict';

(function () {
  const RANGE = '\u2009–\u2009';
  let settings = null;

  /** What the page was told: texts, links, marks of belligerents, language. */
  function told() {
    if (!settings) settings = civcas.settings('civcas-settings');
    return settings;
  }

  /**
   * The text of a key with its values put in, in the plural form of `n`.
   * @param {string} key
   * @param {Object<string, string|number>} [values]
   */
  function say(key, values = {}) {
    const text = told().texts[key];
    if (text === undefined) throw new Error(`no text of the interface is called ${key}`);
    const form = typeof text === 'string' ? text : text[plural(values.n || 0)] || text.other;
    return form.replace(/\{(\w+)\}/g, (_, name) => isolated(written(values[name])));
  }

  const plural = (n) => new Intl.PluralRules(told().language).select(n);
  const written = (value) => (typeof value === 'number' ? count(value) : civcas.plain(value));
  /** Where a right-to-left text holds numbers and names, each keeps its own direction. */
  const isolated = (text) => (told().direction === 'rtl' ? `\u2068${text}\u2069` : text);

  const formats = new Intl.NumberFormat('en-US');
  const count = (number) => formats.format(number);
  const known = (value) => value !== null && value !== undefined && value !== civcas.NONE;

  /** `4 – 7`, one number where both are equal, a word where nothing is known. */
  function range(low, high) {
    if (!known(low) && !known(high)) return say('unknown');
    if (!known(high)) return say('range.or_more', {low});
    if (!known(low)) return say('range.up_to', {high});
    return low === high ? count(low) : `${count(low)}${RANGE}${count(high)}`;
  }

  /** Days since 1970 as 5 Mar 2016; `until` 7 or 4 characters shows the month or the year only. */
  function day(number, until = 10) {
    const [year, month, date] = civcas.Query.iso(number).slice(0, until).split('-');
    if (!month) return year;
    const named = `${say(`month.${Number(month)}`)} ${year}`;
    return date ? `${Number(date)} ${named}` : named;
  }

  /** When an incident happened, no more exactly than is known. */
  function when(first, last, precision) {
    if (!known(first) && !known(last)) return say('undated');
    const [from, to] = [known(first) ? first : last, known(last) ? last : first];
    const [a, b] = [civcas.Query.iso(from), civcas.Query.iso(to)];
    if (known(first) && known(last)) {
      if (precision === 'month' && a.slice(0, 7) === b.slice(0, 7)) return day(from, 7);
      if (precision === 'year' && a.slice(0, 4) === b.slice(0, 4)) return day(from, 4);
    }
    return from === to ? day(from) : `${day(from)}${RANGE}${day(to)}`;
  }

  /** A word of a closed vocabulary in the page's language; one it does not know stands as it is. */
  function word(vocabulary, value) {
    if (value === null) return say('unknown');
    const text = told().texts[`${vocabulary}.${value}`];
    return typeof text === 'string' ? text : civcas.plain(value);
  }

  civcas.told = told;
  civcas.say = say;
  civcas.count = count;
  civcas.range = range;
  civcas.day = day;
  civcas.when = when;
  civcas.word = word;
})();
