/**
 * What the scripts of every page share. Classic scripts and one name, `civcas`, since pages opened from a disk load no modules.
 * Nothing here asks the network for anything, and nothing writes HTML from text.
 */
'use strict';

/** The one name; the data may have been there first. */
var civcas = window.civcas || {};

/** Stands for null in whole-number columns. */
civcas.NONE = -2147483648;

/**
 * Called by data/incidents.js. Keeps the columns as typed arrays: codes of words with -1 for null, whole numbers with NONE, decimals with NaN.
 * @param {{of: number, words: Object<string, string[]>, columns: Object<string, Array>}} given
 */
civcas.columns = function (given) {
  const whole = ['date_start', 'date_end', 'killed_min', 'killed_max', 'named'];
  const decimal = ['latitude', 'longitude', 'radius_km'];
  const columns = {address: given.columns.address, code: given.columns.code};
  for (const name of Object.keys(given.words)) columns[name] = typed(Int32Array, given.columns[name], -1);
  for (const name of whole) columns[name] = typed(Int32Array, given.columns[name], civcas.NONE);
  for (const name of decimal) columns[name] = typed(Float64Array, given.columns[name], NaN);
  civcas.incidents = {of: given.of, words: given.words, columns};

  function typed(Kind, values, none) {
    const kept = new Kind(given.of);
    for (let i = 0; i < kept.length; i++) kept[i] = values[i] === null ? none : values[i];
    return kept;
  }
};

if (civcas.all) civcas.columns(civcas.all);

/** The text of a coded column for an incident, or null. */
civcas.text = function (name, i) {
  const {words, columns} = civcas.incidents;
  const code = columns[name][i];
  return words[name] ? (code < 0 ? null : words[name][code]) : code;
};

/** The belligerents an incident names. */
civcas.named = function (text) {
  return text === null ? [] : text.split('; ');
};

/**
 * An element. Children that are text stay text; attributes never hold script, since `on…` is refused.
 * @param {string} name
 * @param {Object<string, string|number|boolean|null>} attributes
 * @param {...(Node|string|null)} children
 */
civcas.element = function (name, attributes, ...children) {
  return filled(document.createElement(name), attributes, children);
};

/** The same, of an SVG. */
civcas.svg = function (name, attributes, ...children) {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
};

function filled(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (/^on/i.test(key)) throw new Error(`no handler is an attribute: ${key}`);
    if (value !== null && value !== false) made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A text of the data for display: its own direction, and without the controls that could reorder its neighbours. */
civcas.bdi = function (text) {
  return civcas.element('bdi', {dir: 'auto'}, civcas.plain(text));
};

civcas.plain = function (text) {
  return String(text).replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, '');
};

/** The first element with a `data-` mark, within another. */
civcas.find = function (mark, within) {
  return (within || document).querySelector(`[data-${mark}]`);
};

/** The settings a page carries as JSON in a script element of type application/json, which no browser runs. */
civcas.settings = function (id) {
  const holder = document.getElementById(id);
  return holder ? JSON.parse(holder.textContent) : {};
};
