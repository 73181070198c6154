/**
 * The brush over time: how many incidents each month has, two handles that arrow keys move, a drag that marks a span, and two date inputs
 * for any day. It always runs from left to right, in every language, as the axis of the other pictures does.
 */
'use strict';

(function () {
  const HEIGHT = 64;
  const YEAR = 12;
  const EARLIEST = '1900-01-01';
  const FAR = 60; // months without an incident after which another age begins, as web/totals.py has it
  let months = null;

  /** The month of each incident, counted from year 0; NONE where undated. Reckoned once. */
  function monthsOf() {
    if (months) return months;
    const days = civcas.incidents.columns.date_start;
    const known = new Map();
    months = Int32Array.from(days, (day) => {
      if (day === civcas.NONE) return civcas.NONE;
      if (!known.has(day)) known.set(day, monthOf(day));
      return known.get(day);
    });
    return months;
  }

  function monthOf(day) {
    const at = new Date(day * 86400000);
    return at.getUTCFullYear() * YEAR + at.getUTCMonth();
  }

  /** First and last month of the span that holds most incidents; one date of another age, as a 1970 that a computer filled in, opens none. */
  function mainSpan(all) {
    const dated = all.filter((month) => month !== civcas.NONE).sort();
    let [best, begin] = [null, 0];
    for (let k = 1; k <= dated.length; k++) {
      if (k < dated.length && dated[k] - dated[k - 1] <= FAR) continue;
      if (!best || k - begin > best.n) best = {n: k - begin, span: [dated[begin], dated[k - 1]]};
      begin = k;
    }
    return best && best.span;
  }

  const firstDay = (month) => civcas.Query.dayNumber(Math.floor(month / YEAR), month % YEAR, 1);
  const lastDay = (month) => firstDay(month + 1) - 1;

  class Timeline {
    /**
     * @param {HTMLElement} holder with elements marked data-bars, data-from, data-to, data-first, data-last, data-clear, data-years
     * @param {function({first: number, last: number}|null, boolean): void} onWindow told the window, and whether the hand still moves
     */
    constructor(holder, onWindow) {
      const part = (mark) => civcas.find(mark, holder);
      Object.assign(this, {holder, onWindow, window: null, held: false});
      Object.assign(this, {bars: part('bars'), from: part('from'), to: part('to'), first: part('first'), last: part('last')});
      this.clear = part('clear');
      this.span = mainSpan(monthsOf());
      holder.hidden = !this.span;
      if (this.span) this.listen(part('years'));
    }

    listen(years) {
      this.name(years);
      for (const end of ['from', 'to']) {
        this[end].addEventListener('keydown', (event) => this.key(event, end));
        for (const over of ['keyup', 'blur']) this[end].addEventListener(over, () => this.release());
        this[end].addEventListener('pointerdown', (event) => this.drag(event, (month) => this.moved(end, month)));
      }
      this.bars.addEventListener('pointerdown', (event) => {
        const begin = this.monthAt(event);
        this.drag(event, (month) => this.set(Math.min(begin, month), Math.max(begin, month), true));
      });
      for (const input of [this.first, this.last]) {
        input.min = EARLIEST; // any day may be asked for, also one of another age
        input.addEventListener('change', () => this.typed());
      }
      this.clear.addEventListener('click', () => this.onWindow(null, false));
    }

    /** A year below its first month. */
    name(years) {
      const [begin, end] = this.span;
      const all = end - begin + 1;
      const every = Math.max(1, Math.ceil(all / YEAR / 12));
      for (let month = begin; month <= end; month++) {
        const year = Math.floor(month / YEAR);
        if ((month % YEAR && month !== begin) || (year % every && month !== begin) || (month === begin && month % YEAR > 6)) continue;
        const label = civcas.element('span', {}, String(year));
        label.style.left = `${((month - begin) / all) * 100}%`;
        years.append(label);
      }
    }

    /**
     * @param {Uint32Array} found incidents of any date
     * @param {{first: number, last: number}|null} window days
     */
    show(found, window) {
      if (!this.span) return;
      this.window = window;
      const [begin, end] = this.span;
      const counts = new Uint32Array(end - begin + 1);
      const ofMonth = monthsOf();
      for (const i of found) if (ofMonth[i] >= begin && ofMonth[i] <= end) counts[ofMonth[i] - begin]++;
      this.draw(counts);
      this.handles();
    }

    /** How many of some incidents have a date outside the months drawn. */
    apart(found) {
      const ofMonth = monthsOf();
      const [begin, end] = this.span || [0, 0];
      return found.reduce((n, i) => n + (ofMonth[i] !== civcas.NONE && (ofMonth[i] < begin || ofMonth[i] > end)), 0);
    }

    draw(counts) {
      const most = counts.reduce((a, b) => Math.max(a, b), 1);
      const [from, to] = this.ends();
      const paths = {in: '', out: ''};
      counts.forEach((n, k) => {
        const height = n ? Math.max((n / most) * HEIGHT, 1.5) : 0;
        const month = this.span[0] + k;
        if (n) paths[month >= from && month <= to ? 'in' : 'out'] += `M${k + 0.08} ${HEIGHT}v${-height}h.84v${height}z`;
      });
      const shape = (name) => civcas.svg('path', {d: paths[name], class: `map-bar-${name}`});
      this.bars.setAttribute('viewBox', `0 0 ${counts.length} ${HEIGHT}`);
      this.bars.replaceChildren(shape('out'), shape('in'));
    }

    /** First and last month of the window, or of all. */
    ends() {
      const [begin, end] = this.span;
      if (!this.window) return [begin, end];
      const within = (month) => Math.max(begin, Math.min(end, month));
      return [within(monthOf(this.window.first)), within(monthOf(this.window.last))];
    }

    handles() {
      const [begin, end] = this.span;
      const [from, to] = this.ends();
      const all = end - begin + 1;
      const days = this.window || {first: firstDay(begin), last: lastDay(end)};
      this.place(this.from, from, (from - begin) / all, civcas.day(days.first), [begin, Math.max(to, begin)]);
      this.place(this.to, to, (to - begin + 1) / all, civcas.day(days.last), [Math.min(from, end), end]);
      this.first.value = this.window ? civcas.Query.iso(this.window.first) : '';
      this.last.value = this.window ? civcas.Query.iso(this.window.last) : '';
      this.clear.disabled = !this.window;
    }

    place(handle, month, share, text, [low, high]) {
      handle.style.left = `${Math.max(0, Math.min(1, share)) * 100}%`;
      const says = {'aria-valuenow': month, 'aria-valuemin': low, 'aria-valuemax': high, 'aria-valuetext': text};
      for (const [name, value] of Object.entries(says)) handle.setAttribute(name, value);
    }

    key(event, end) {
      const [from, to] = this.ends();
      const now = end === 'from' ? from : to;
      const steps = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -YEAR, PageUp: YEAR};
      const month = {Home: this.span[0], End: this.span[1]}[event.key] ?? (event.key in steps ? now + steps[event.key] : null);
      if (month === null) return;
      event.preventDefault();
      this.held = true;
      this.moved(end, month);
    }

    /** The key was let go: where it came to, once or held, is where the handle stays. */
    release() {
      if (!this.held) return;
      this.held = false;
      this.onWindow(this.window, false);
    }

    /** One handle at a month; it never passes the other. */
    moved(end, month, moving = true) {
      const [from, to] = this.ends();
      const [begin, last] = this.span;
      if (end === 'from') this.set(Math.max(begin, Math.min(month, to)), to, moving);
      else this.set(from, Math.min(last, Math.max(month, from)), moving);
    }

    set(from, to, moving) {
      const whole = from === this.span[0] && to === this.span[1];
      this.onWindow(whole ? null : {first: firstDay(from), last: lastDay(to)}, moving);
    }

    typed() {
      if ([this.first, this.last].some(({value}) => value && value < EARLIEST)) return; // a year that is still being typed
      const [first, last] = [civcas.Query.day(this.first.value), civcas.Query.day(this.last.value)];
      const ends = {first: first ?? firstDay(this.span[0]), last: last ?? lastDay(this.span[1])};
      const wrong = ends.last < ends.first;
      this.last.setCustomValidity(wrong ? civcas.say('map.ends_before') : '');
      if (wrong) this.last.reportValidity();
      else this.onWindow(first === null && last === null ? null : ends, false);
    }

    monthAt(event) {
      const {left, width} = this.bars.getBoundingClientRect();
      const [begin, end] = this.span;
      const share = Math.max(0, Math.min(0.9999, (event.clientX - left) / width));
      return begin + Math.floor(share * (end - begin + 1));
    }

    drag(event, move) {
      event.preventDefault();
      const target = event.currentTarget;
      target.focus({preventScroll: true});
      target.setPointerCapture(event.pointerId);
      const go = (each) => move(this.monthAt(each));
      const stop = () => {
        target.removeEventListener('pointermove', go);
        this.onWindow(this.window, false);
      };
      target.addEventListener('pointermove', go);
      target.addEventListener('pointerup', stop, {once: true});
      target.addEventListener('pointercancel', stop, {once: true});
      if (target === this.bars) go(event);
    }
  }

  civcas.Timeline = Timeline;
})();
