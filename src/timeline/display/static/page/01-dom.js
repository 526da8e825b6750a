"use strict";
// The page of a timeline: what was so by one moment, as published by another. These files are joined into one script,
// in the order of their numbers. Every text is set as text: no markup is ever made of what a source wrote.

const SVG_TAGS = new Set("svg g rect path circle line text defs pattern title clipPath marker".split(" "));
const SVG = "http://www.w3.org/2000/svg";

/** The first element that a selector finds. */
const $ = (selector, within = document) => within.querySelector(selector);

/** Make an element; attributes that begin with "on" are listeners, those that say nothing are left out. */
function el(tag, attributes = {}, ...children) {
  const made = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false)
      made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Set several attributes at once. */
function set(node, values) {
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, value);
}

/** A button with a text or a sign. */
const button = (text, act, more = {}) => el("button", { type: "button", onclick: act, ...more }, text);

/** The sign for "sources differ", drawn, since fonts disagree about it. */
const DIFFER = "M-3.4,-1.7H3.4M-3.4,1.7H3.4M2,-4.2L-2,4.2";
function differSign() {
  const box = { width: 14, height: 14, viewBox: "-7 -7 14 14", "aria-hidden": true, class: "sign" };
  return el("svg", box, el("circle", { r: 6.2 }), el("path", { d: DIFFER }));
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const grouped = (list, key) => {
  const found = new Map();
  for (const item of list) {
    const at = key(item);
    if (!found.has(at)) found.set(at, []);
    found.get(at).push(item);
  }
  return found;
};
