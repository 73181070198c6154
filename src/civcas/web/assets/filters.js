/**
 * The filters of a page and the address it stands at. What is asked is in the address and nowhere else: a link to it shows the same, and
 * Back undoes the last step.
 */
'use strict';

(function () {
  const EARLIEST = '1900-01-01';
  const LATEST = '2100-12-31';
  const YES_NO = ['named', 'dated', 'located', 'numbered'];
  const MANY = ['belligerents', 'grading'];
  const SHOWN = ['q', 'area', 'province', 'window', 'grades', 'attribution', 'strike_status', 'named', 'dated', 'located', 'numbered'];
  const WORDS = {grades: 'grades', attribution: 'attribution', strike_status: 'strike_status', grading: 'grading'};

  /** The query of the address; what it says wrongly is told to `onWrong`, and nothing is filtered. */
  civcas.asked = function (onWrong) {
    try {
      return civcas.Query.of(location.search);
    } catch (problem) {
      if (!(problem instanceof civcas.Query.Unreadable)) throw problem;
      onWrong(civcas.say('filter.unreadable', {name: problem.parameter, value: problem.value}));
      return civcas.Query.of('');
    }
  };

  /** The address of a query on this page, or on another. */
  civcas.addressOf = function (query, page = '') {
    const words = civcas.Query.print(query);
    return words ? `${page}?${words}` : page || location.pathname;
  };

  class Filters {
    /**
     * @param {HTMLFormElement} form whose fields are named as a query's, with `from` and `to` for its window
     * @param {HTMLElement} chips where filters in force are listed
     * @param {function(Object, {push: boolean}): void} onQuery told what is asked now
     */
    constructor(form, chips, onQuery) {
      Object.assign(this, {form, chips, onQuery, query: null});
      form.hidden = false;
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        this.take('q');
      });
      form.addEventListener('change', (event) => event.target.name && event.target.name !== 'q' && this.take(event.target.name));
    }

    /** What one field says, put into the query. A field is taken only when its reader changed it: forms hold less than addresses may. */
    take(name) {
      const given = new FormData(this.form);
      const next = {...this.query, page: 1};
      if (name === 'from' || name === 'to') {
        const [from, to] = [given.get('from'), given.get('to')];
        if ([from, to].some((text) => text && text < EARLIEST)) return; // a year that is still being typed
        const ends = {first: civcas.Query.day(from || EARLIEST), last: civcas.Query.day(to || LATEST)};
        if (ends.last < ends.first) {
          this.refuse(this.form.elements[name]);
          return;
        }
        next.window = from || to ? ends : null;
      } else if (MANY.includes(name)) next[name] = given.getAll(name).filter(Boolean);
      else next[name] = typeof civcas.Query.USUAL[name] === 'number' ? Number(given.get(name)) : String(given.get(name)).trim();
      this.onQuery(next, {push: true});
    }

    refuse(field) {
      field.setCustomValidity(civcas.say('map.ends_before'));
      field.reportValidity();
      field.setCustomValidity('');
    }

    /** Show a query in the form and as chips. */
    show(query) {
      this.query = query;
      for (const field of this.form.elements) {
        if (!field.name) continue;
        if (field.type === 'checkbox') field.checked = query[field.name].includes(field.value);
        else if (field.name === 'from' || field.name === 'to') field.value = this.end(field.name, query.window);
        else if (field.name === 'belligerents') field.value = query.belligerents.length === 1 ? query.belligerents[0] : '';
        else field.value = query[field.name];
      }
      this.list(query);
    }

    end(name, window) {
      if (!window) return '';
      const day = civcas.Query.iso(name === 'from' ? window.first : window.last);
      return day === EARLIEST || day === LATEST ? '' : day;
    }

    /** Every filter in force with a link to what is asked without it. */
    list(query) {
      const {element, say} = civcas;
      const {USUAL} = civcas.Query;
      const chips = MANY.flatMap((name) => query[name].map((value) => this.chip(name, value, {[name]: query[name].filter((v) => v !== value)})));
      for (const name of SHOWN) if (query[name] !== USUAL[name]) chips.push(this.chip(name, query[name], {[name]: USUAL[name]}));
      const clear = this.link({...USUAL, sort: query.sort, size: query.size}, {}, say('filter.clear'));
      const all = element('ul', {class: 'chips', 'aria-label': say('filter.now')}, ...chips, element('li', {class: 'clear'}, clear));
      this.chips.replaceChildren(...(chips.length ? [all] : []));
    }

    chip(name, value, without) {
      const {element, say, bdi} = civcas;
      const title = say(`filter.${name}`);
      const text = this.worded(name, value);
      const label = say('filter.remove', {name: title, value: text});
      const remove = this.link({...this.query, ...without, page: 1}, {'aria-label': label}, '×');
      return element('li', {}, element('span', {}, `${title}:`), ' ', element('b', {}, bdi(text)), ' ', remove);
    }

    worded(name, value) {
      if (name === 'window') return civcas.when(value.first, value.last, null);
      if (WORDS[name]) return civcas.word(WORDS[name], value);
      return YES_NO.includes(name) ? civcas.say(value) : value;
    }

    link(query, attributes, text) {
      const made = civcas.element('a', {href: civcas.addressOf(query), ...attributes}, text);
      made.addEventListener('click', (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.onQuery(query, {push: true});
        const again = this.chips.querySelector('a') || this.form.querySelector('[name="q"]');
        if (again) again.focus();
      });
      return made;
    }
  }

  civcas.Filters = Filters;
})();
